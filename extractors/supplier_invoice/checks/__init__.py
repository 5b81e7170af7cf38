"""The checks of an invoice: arithmetic and Canadian taxes."""
