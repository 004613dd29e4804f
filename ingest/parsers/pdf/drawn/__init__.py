"""Paths and pictures of a PDF page, and the figures that they make.

May use `letters`, and the values of `ingest.charts`.
"""
