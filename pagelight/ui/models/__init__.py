"""The panel of models.

May use `html` and `http`.
"""
