"""Template tags for values that a page's view does not provide."""
