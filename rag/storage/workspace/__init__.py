"""A workspace as a whole: commits, snapshots, checks, repair."""
