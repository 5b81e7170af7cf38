"""Writing the first draft of an adapter from a look at a system's screens."""
