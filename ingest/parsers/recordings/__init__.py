"""Recordings, films and subtitles: time in place of pages.

May use `base`.
"""

__all__ = [
    "cues",
    "recording",
    "sound",
    "subtitles",
]
