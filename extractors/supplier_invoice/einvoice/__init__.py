"""Electronic invoices by EN 16931: their syntaxes, values and document codes."""
