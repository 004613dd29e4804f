"""Styles and scripts of the page.

No code of Python.
"""
