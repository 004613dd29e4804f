"""Pictures as files, here or at an address: their kind, their vectors, what was read on them."""
