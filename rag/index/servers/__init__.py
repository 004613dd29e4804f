"""Several servers of one workspace: which run, and what they tell each other through the ledger.

May use `ledger`.
"""

__all__ = [
    "growing",
    "marks",
    "shared_reading",
]
