"""A question that refers to what was said before, made one that stands alone.

May use `base`.
"""

__all__ = ["conversation", "earlier"]
