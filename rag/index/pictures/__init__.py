"""Pictures as files, their kind, their vectors, and the lettering that was read on them.

May use `search` and below.
"""
