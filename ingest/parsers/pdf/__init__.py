"""PDF: pages, their roles in the document, and pictures of them.

May use its own rooms: `letters`, `drawn`, `hidden`, `tables`.
"""
