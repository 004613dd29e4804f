"""Copies of a workspace, and what can be saved of a damaged one."""
