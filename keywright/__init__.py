"""The office every bot works in: cases, evidence, the ledger and the human queue."""
