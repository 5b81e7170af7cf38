"""The values that are handed from step to step: frozen, without Django, a database or input and output."""
