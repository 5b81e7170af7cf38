"""The pages of the ledger: filters, exports and verification."""
