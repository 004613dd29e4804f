"""Answers about the pictures and files that a question brought.

Knows no model, no store and no page.
"""
