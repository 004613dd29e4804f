"""A vision-language model from a folder: as a writer, and as a judge of hits.

May use `prompting` and `base`.
"""
