"""What belongs to Ontario's permit application beside its form."""
