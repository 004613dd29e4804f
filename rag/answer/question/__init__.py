"""What is asked: the kind of answer, names, bounds, operations."""
