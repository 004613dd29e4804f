"""Charts read as data: axes, legend and marks of what is drawn, and the table that they make.

Knows no file format: it is given lines, fills and words.
"""
