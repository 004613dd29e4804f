"""Workbooks and delimited text.

May use `base`.
"""
