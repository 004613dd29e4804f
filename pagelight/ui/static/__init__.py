"""Styles and scripts of the page, in rooms: shell, chat, answers, source, library.

No code of Python.
"""
