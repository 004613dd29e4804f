"""Structured data and notebooks.

May use `text`, `web` and `base`.
"""
