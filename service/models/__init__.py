"""Models offered, fetched and switched while the program runs.

May use `work`.
"""

__all__ = [
    "models",
    "models_job",
    "models_switch",
]
