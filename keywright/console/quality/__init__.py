"""The pages of the quality sample."""
