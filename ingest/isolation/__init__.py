"""Hostile files are opened in child processes, with limits and deadlines.

May use the parsers.
"""

__all__ = [
    "confinement",
    "drawing",
    "jobs",
    "parser_process",
    "ray_actors",
    "replies",
    "side_by_side",
    "stopping",
    "worker",
]
