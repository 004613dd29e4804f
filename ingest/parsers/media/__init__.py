"""Recordings, films and subtitles: time in place of pages.

May use `base`.
"""
