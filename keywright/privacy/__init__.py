"""Which personal values are masked, and how."""
