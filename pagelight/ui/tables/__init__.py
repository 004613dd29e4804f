"""The table tab.

May use `html` and `http`.
"""
