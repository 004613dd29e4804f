"""Tables of the hits: their rows, joined, and what is worked out of them."""
