"""The source panel: pages, boxes, slides, recordings, text to select, words found.

May use `html` and `http`.
"""
