"""How an invoice is laid out: rows, labels, and what stands beside a label."""
