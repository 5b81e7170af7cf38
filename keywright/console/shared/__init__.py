"""What several pages of the console use: labels, ledger texts, masks, crops of pages, notifications."""
