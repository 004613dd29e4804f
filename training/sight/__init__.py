"""The kinds of pictures."""
