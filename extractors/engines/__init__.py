"""Engines: each turns a document into words and values, with their places."""
