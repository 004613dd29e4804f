"""The order of hits, from what is read in them."""
