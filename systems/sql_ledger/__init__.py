"""SQL-Ledger's accounts payable."""
