"""The demo: a small old-fashioned town hall, and sample documents to work through it."""
