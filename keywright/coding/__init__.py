"""Accounts and cost centres of invoice lines: proposed from what people confirmed on earlier lines of the vendor."""
