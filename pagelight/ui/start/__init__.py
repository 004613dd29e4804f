"""The first open: where nothing is to be asked yet, how documents come."""
