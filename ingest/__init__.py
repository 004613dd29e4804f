"""From files to documents, chunks and rows of the index.

May use `rag`; knows no page of the browser.
"""
