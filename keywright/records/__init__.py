"""The records of the office: the database's tables and how they came to be."""
