"""A second reader of invoices: learned from labelled documents, without the rules' labels and without arithmetic."""
