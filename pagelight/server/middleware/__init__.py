"""Doors: who comes in, from where, how often, with which files.

May use `html`.
"""
