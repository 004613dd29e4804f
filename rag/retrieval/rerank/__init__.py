"""Hits read with the question, and ordered anew."""
