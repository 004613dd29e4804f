"""A parser for each format, chosen by media type.

May use `files`, `archives` and `layout`.
"""
