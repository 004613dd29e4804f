"""A writer behind an address that speaks the OpenAI API.

May use `prompting` and `base`.
"""
