"""The pages of layouts: the list, one layout, and what people do with it."""
