"""What a run has to do: files that are new, changed, moved or gone, also inside others."""
