"""What is asked: the kind of answer, names, parts."""
