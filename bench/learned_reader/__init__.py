"""Makes and measures the learned reader's model."""
