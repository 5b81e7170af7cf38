"""Reading a whole invoice from its print, and comparing its print with its XML."""
