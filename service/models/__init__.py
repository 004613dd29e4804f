"""Models offered, fetched and switched while the program runs.

May use `work`.
"""

__all__ = [
    "bundled_models",
    "models",
    "models_job",
    "models_switch",
    "writer_fetch",
]
