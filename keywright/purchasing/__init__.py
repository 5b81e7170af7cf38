"""The purchase orders and deliveries on file: importing them, and matching bills with them."""
