"""Models offered, fetched and switched while the program runs."""
