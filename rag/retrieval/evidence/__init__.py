"""Sentences and rows that may answer, and how likely each is."""
