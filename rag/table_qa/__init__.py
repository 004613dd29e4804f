"""Questions over tables, answered by trained plans and by queries of a language model.

Knows no model but by its protocol, and of the store its typed tables alone.
"""
