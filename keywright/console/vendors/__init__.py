"""The pages of the vendor master, and searching it."""
