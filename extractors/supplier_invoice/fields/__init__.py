"""One module for each field of an invoice, or group of fields that are found together."""
