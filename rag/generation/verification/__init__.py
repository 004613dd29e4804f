"""Which written sentences stand: their numbers, months and names, where these are said to stand."""
