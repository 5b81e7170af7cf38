"""The business records that screens hold, whatever the system."""
