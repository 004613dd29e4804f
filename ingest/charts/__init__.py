"""Charts read as data: axes, legend and marks of what is drawn, and the table that they make.

May use the values of `rag`. Knows no file format: it is given lines, fills and words.
"""
