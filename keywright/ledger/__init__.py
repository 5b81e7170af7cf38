"""The ledger: entries that are only ever added, each with the hash of the one before, closed by signed checkpoints."""
