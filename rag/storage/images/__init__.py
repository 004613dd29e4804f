"""Pictures as files, here or at an address: their kind, their vectors, what was read on them.

May use `rag.storage.database`. Keys of an address are the environment's.
"""
