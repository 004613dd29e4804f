"""One index on several machines: what changes at its owner goes to the copies of the others.

May use `assets`, `tables`, `database`, `ledger` and `rows`.
"""

__all__ = [
    "copied_files",
    "feed",
    "machine_copy",
    "parcel",
    "unsent",
]
