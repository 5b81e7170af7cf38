"""The ledger: entries that are only added, each with the hash of the entry before, sealed by signed checkpoints."""
