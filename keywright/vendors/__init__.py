"""The vendors on file: matching a seller to one, importing them, and whose bank accounts count."""
