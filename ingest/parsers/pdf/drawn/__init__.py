"""Paths and pictures of a PDF page, and the figures that they make."""
