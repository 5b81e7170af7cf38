"""How single values are written: amounts, dates, bank accounts, company names, file names, media types."""
