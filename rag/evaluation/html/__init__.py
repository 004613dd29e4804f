"""A run as one page of HTML.

May use `measures` and `records`.
"""
