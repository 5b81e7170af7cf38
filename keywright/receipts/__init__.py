"""Receipts for auditors: the audit trail of a keyed case on one page that needs nothing else."""
