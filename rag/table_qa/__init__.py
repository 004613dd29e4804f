"""Questions over tables, answered by trained plans and by queries of a language model."""
