"""Which documents a question is asked of.

May use `html` and `http`.
"""
