"""The office every bot works in: its cases, the people who decide them, the ledger that proves them."""
