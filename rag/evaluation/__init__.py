"""Scores answers against questions whose answers are known.

Knows values only: it asks through what it is given.
"""
