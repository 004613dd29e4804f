"""Where people come in and leave, and where they and collections are looked after.

Pages of forms, without scripts.

May use `http` and `html`.
"""

__all__ = [
    "collections_routes",
    "cookies",
    "entrance",
    "forms",
    "people_routes",
    "provider",
    "sign_in_page",
]
