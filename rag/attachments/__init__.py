"""Answers about the pictures and files that a question brought."""
