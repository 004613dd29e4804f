"""Recordings, films and subtitles: time in place of pages.

May use `base`.
"""

__all__ = [
    "cues",
    "heard",
    "recording",
    "sound",
    "subtitles",
]
