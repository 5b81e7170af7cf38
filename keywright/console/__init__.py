"""The console: the pages on which people see the cases that wait for them, and decide."""
