"""Runs of evaluation, as pages with pictures.

May use `source` and below.
"""
