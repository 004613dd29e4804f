"""One open workspace: assembled, lent, shared with a server that runs.

May use `work` and below.
"""

__all__ = [
    "assemble",
    "batch",
    "checkup",
    "mcp_server",
    "seam_session",
    "session",
    "watching",
]
