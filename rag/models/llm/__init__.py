"""The language model: its protocol, and what runs it.

The seam knows no engine; what prompts say is known by who asks.
"""
