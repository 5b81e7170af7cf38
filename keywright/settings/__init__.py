"""The settings of an office, its home folder, and what Django is set to."""
