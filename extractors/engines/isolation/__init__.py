"""The confined child process in which an untrusted document is opened and extracted."""
