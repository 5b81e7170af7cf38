"""The console as one web site: its addresses, its server, its translations and limits."""
