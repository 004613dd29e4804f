"""Answers that people reported as wrong.

May use `html` and `http`.
"""
