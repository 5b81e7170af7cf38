"""How single values are written and compared: amounts, dates, bank accounts, company names, file names, media types."""
