"""Tables of a PDF page: ruled, by columns, continued.

May use `drawn` and `letters`.
"""
