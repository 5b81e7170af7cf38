"""The page on which a case is reviewed beside its document, and what it asks the server for."""
