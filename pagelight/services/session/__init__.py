"""One open workspace: assembled, lent, shared with a server that runs.

May use `work` and below.
"""
