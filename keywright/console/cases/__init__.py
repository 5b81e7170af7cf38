"""The pages of one case and of all cases: search, history, files, receipts and actions."""
