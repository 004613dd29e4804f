"""Word documents.

May use `base`.
"""
