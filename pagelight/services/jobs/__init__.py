"""What runs in the background: ingests, tables, reports, copies."""
