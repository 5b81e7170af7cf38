"""Tests of the accounts and cost centres of lines."""
