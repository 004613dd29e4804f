"""A question as it is searched: carefully written, and standing alone where it refers back.

May use `base`.
"""

__all__ = ["conversation", "earlier", "written_form"]
