"""A parser for each format, chosen by media type."""
