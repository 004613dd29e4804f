"""Folders at an address: listed by their server, fetched file by file."""
