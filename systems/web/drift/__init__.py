"""Noticing that a system's screens have changed: the drift check and the round trip of values."""
