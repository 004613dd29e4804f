"""How the models of the set-up come: carried by wheels as data, checked by hash, built once.

Knows the package index and the cache of what was built. May use `rag.errors` and `rag.progress`.
"""
