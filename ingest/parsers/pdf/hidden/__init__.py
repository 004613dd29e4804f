"""Text of a PDF page that nobody sees.

May use `drawn` and `letters`.
"""
