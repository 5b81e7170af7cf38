"""Tests of the layouts on file."""
