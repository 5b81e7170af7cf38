"""The command line: one module for each group of commands; it may import everything, and nothing imports it."""
