"""Scores answers against questions whose answers are known. Knows values only."""
