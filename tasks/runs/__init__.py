"""Runs of a bot over many cases: its inbox, its lanes, and cases that are checked again."""
