"""Which documents a question is asked of."""
