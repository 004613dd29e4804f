"""Web pages, and books made of them.

May use `base`.
"""
