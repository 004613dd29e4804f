"""A prompt as chat messages and pictures within a budget."""
