"""How postal codes, addresses and numbers on the permit application are written, as regular expressions."""

POSTAL_CODE = r"[ABCEGHJ-NPRSTVXYabceghj-nprstvxy]\d[A-Za-z][ -]?\d[A-Za-z]\d"
E_MAIL = r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"
TELEPHONE = r"\+?[\d(][\d() .\-/]{6,}( ?(x|ext\.?) ?\d+)?"
BCIN = r"\d{4,6}"
