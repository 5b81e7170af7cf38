"""What the confirmed documents of one layout have in common, and what that says of the next document. No database."""
