"""The vendors on file: matching a seller to one, importing them, and confirming their bank accounts."""
