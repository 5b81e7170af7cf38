"""The browser: starting it, its processes and windows, and printing a page."""
