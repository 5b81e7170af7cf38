"""Suppliers' invoices and credit notes, printed, scanned or electronic."""
