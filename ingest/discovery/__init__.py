"""Files on disk: found, told by kind, read whole."""
