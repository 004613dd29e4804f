"""Recordings, films and subtitles: time in place of pages."""
