"""Vectors of texts and pictures.

May use `base`.
"""
