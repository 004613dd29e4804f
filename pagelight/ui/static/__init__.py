"""Styles and scripts of the page; no code of Python."""
