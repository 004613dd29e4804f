"""What an ablation leaves out in turn: a part of the program, or a rule."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from rag.answer.base.rules import Rules
from rag.engine.recipe import WHOLE, Recipe

PARTS: Final = "parts"
"""What is left out in turn: the parts of the program, as `Recipe` has them."""


def recipes_without(left_out: Sequence[str], *, pictures: bool) -> dict[str, Recipe]:
    """Return a recipe without each rule that is named; of PARTS, one without each part.

    Without pictures only if they take part.
    """
    recipes: dict[str, Recipe] = {}
    for one in left_out:
        if one == PARTS:
            recipes |= _without_parts({"rules"} if pictures else {"rules", "image"})
        else:
            recipes[f"without {one}"] = replace(WHOLE, rules=Rules(off=(one,)))
    return recipes


def _without_parts(kept: Collection[str]) -> dict[str, Recipe]:
    names = [field.name for field in fields(Recipe) if field.name not in kept]
    off: dict[str, dict[str, Any]] = {name: {name: False} for name in names}
    return {f"without {name}": replace(WHOLE, **part) for name, part in off.items()}
