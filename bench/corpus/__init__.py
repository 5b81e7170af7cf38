"""The labelled documents that benches read: where they are, what was read of them, and how it is scored."""
