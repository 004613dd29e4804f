"""Vectors in Chroma, and in memory for exact search."""
