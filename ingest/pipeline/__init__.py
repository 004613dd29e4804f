"""A run of ingest: its plan, its passes, the writer of the index, the watch."""
