"""Chooses hits: channels run side by side, fused by rank, read with the question."""
