"""The page of the work queue."""
