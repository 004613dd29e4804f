"""Questions as people ask them: with files, in batches, as tables."""
