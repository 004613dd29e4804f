"""Which models there are, which suit this machine, how they are fetched and kept.

May use `base`.
"""

__all__ = [
    "choice",
    "hub",
    "kept_choice",
    "machine",
    "model_store",
    "model_table",
    "writers",
]
