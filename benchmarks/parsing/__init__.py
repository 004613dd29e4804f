"""Arbitrary bytes against parsers and against what is stored.

What is called `target` runs in an environment of its own.
"""
