"""Reads the goods on a bill: the tables with lines, their columns, and the print that describes each line."""
