"""Documents that stream into an office whose clerk knows the truth: what is asked, keyed, and keyed wrongly."""
