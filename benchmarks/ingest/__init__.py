"""Time and memory of an ingest, beside bare calls."""
