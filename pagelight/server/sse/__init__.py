"""What changes is told to open pages as it happens; what a page wants lies here until it is done.

May use `http`.
"""
