"""Pieces of HTML and words that every page uses.

Uses nothing of `ui`.
"""
