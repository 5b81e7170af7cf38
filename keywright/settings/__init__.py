"""The settings of an office, its home folder, and the settings of Django."""
