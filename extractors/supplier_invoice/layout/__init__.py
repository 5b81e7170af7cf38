"""The layout of an invoice: rows, labels, and the print next to a label."""
