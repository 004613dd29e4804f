"""Presentations.

May use `base`.
"""
