"""A question written with care, and made one that stands alone where it refers back.

May use `base`.
"""

__all__ = ["conversation", "earlier", "exchange", "signs", "written_form"]
