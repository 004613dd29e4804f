"""Vectors of texts and pictures."""
