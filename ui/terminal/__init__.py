"""What is shown in a terminal.

Uses nothing of the page.
"""

__all__ = [
    "evaluate_terminal",
    "live",
    "models_terminal",
    "pause_key",
    "table_terminal",
    "terminal",
    "users_terminal",
    "writer_terminal",
]
