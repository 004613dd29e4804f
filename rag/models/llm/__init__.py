"""The language model: the seam that it stands behind, and what runs it.

The seam knows no engine; what prompts say is known by who asks.
"""
