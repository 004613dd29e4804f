"""Pagelight for programs: open a workspace, read a folder into it, search, ask, read pages.

All that a program needs is in `pagelight.api`, and to be had from here; it is imported with the
first name that is asked for, so that `pagelight --help` and the server's parts don't wait for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pagelight.api import *  # noqa: F403 - what `__getattr__` finds


def __getattr__(name: str) -> object:
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(import_module("pagelight.api"), name)
