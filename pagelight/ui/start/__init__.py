"""The empty page: how documents come where there are none."""
