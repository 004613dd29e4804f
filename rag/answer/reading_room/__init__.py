"""What a model that writes is given to read: passages, whole pages, and pictures, within a budget.

May use `base`. Knows hits and tokens; knows no model, no store and no file.
"""

__all__ = ["room"]
