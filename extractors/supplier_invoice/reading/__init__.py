"""Reads a whole invoice from its print, and compares its print with its XML."""
