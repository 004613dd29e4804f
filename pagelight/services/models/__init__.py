"""Models offered, fetched and switched while the program runs.

May use `work`.
"""
