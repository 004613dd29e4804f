"""Hostile files are opened in child processes, with limits and deadlines.

May use the parsers.
"""

__all__ = [
    "drawing",
    "jobs",
    "parser_process",
    "ray_actors",
    "side_by_side",
    "worker",
]
