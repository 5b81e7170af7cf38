"""The console: where people see the cases that wait for them, and decide."""
