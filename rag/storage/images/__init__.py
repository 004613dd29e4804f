"""Pictures as files: their kind, their vectors, what was read on them."""
