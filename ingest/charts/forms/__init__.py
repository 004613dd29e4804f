"""Each form of chart read as a table: bars, lines, dots, pies; names of series; values in print.

May use `charts`. Knows ink, axes and legends; knows no file format.
"""
