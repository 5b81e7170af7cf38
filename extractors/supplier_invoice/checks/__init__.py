"""The checks an invoice must pass: arithmetic and Canadian taxes."""
