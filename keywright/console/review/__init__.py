"""The page to review a case next to its document, and the requests it sends while a person types."""
