"""Hostile files are opened in child processes, with limits and deadlines.

May use the parsers.
"""
