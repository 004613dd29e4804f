"""Vectors in Chroma, here or on a server, and in memory for exact search."""
