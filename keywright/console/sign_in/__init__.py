"""Signing in and out: passwords, second factors, sessions, the town's own directory."""
