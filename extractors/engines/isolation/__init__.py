"""The confined child process in which a stranger's document is opened and extracted."""
