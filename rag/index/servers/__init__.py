"""Several servers of one workspace: which run, and what they tell each other through the ledger.

May use `ledger`.
"""
