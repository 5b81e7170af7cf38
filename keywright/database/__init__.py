"""The tables of the database, one module a subject, and their migrations."""
