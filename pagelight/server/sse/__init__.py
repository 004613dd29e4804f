"""Server-sent events: what changes, told to open pages as it happens."""
