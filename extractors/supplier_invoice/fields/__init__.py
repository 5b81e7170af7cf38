"""One module for each field of an invoice, or for each group of fields that are found together."""
