"""Documents cut into chunks, and the names that chunks are found by."""
