"""One screen of a web system: finding its controls and tables, filling, pressing, and what it answers."""
