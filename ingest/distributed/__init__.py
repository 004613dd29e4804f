"""Reading by the machines of a Ray cluster.

May use `sandbox`, `chunking` and `archives`.
"""
