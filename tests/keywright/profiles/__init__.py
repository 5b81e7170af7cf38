"""Tests of what profiles learn and read, without a database."""
