"""What an adapter is made of: its session, its listing, comparing records, unexpected pages."""
