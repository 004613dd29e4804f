"""Pieces of HTML and words that every page uses."""
