"""Receipts written out for auditors: the whole story of a keyed case on one page that needs nothing beside it."""
