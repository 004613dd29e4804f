"""Lines and paragraphs of a page from boxes: pure geometry.

May use the values of `rag`.
"""
