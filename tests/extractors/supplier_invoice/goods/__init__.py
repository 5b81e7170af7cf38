"""Tests of the lines of invoices."""
