"""Child processes that open hostile files, with limits and deadlines."""
