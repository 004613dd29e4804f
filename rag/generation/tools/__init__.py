"""Further searches that a model asks for while it answers: what it may ask, and what it gets."""
