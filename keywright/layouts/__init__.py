"""The layouts that this office knows: looked up, learned from confirmed documents, versioned, exported and imported."""
