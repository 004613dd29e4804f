"""Models that hear what is said: a folder of weights, or a server.

May use `models`, `endpoint` and `base`.
"""
