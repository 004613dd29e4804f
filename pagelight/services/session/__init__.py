"""One open workspace: assembled, lent to its users, shared with a server that runs."""
