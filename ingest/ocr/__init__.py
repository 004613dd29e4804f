"""Lettering of scans and pictures, read by OCR and put in order.

May use `layout`.
"""
