"""What an ablation leaves out in turn: a part of the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

from rag.engine.recipe import WHOLE, Recipe
from rag.errors import SettingsError

PARTS: Final = "parts"
"""What is left out in turn: each part of the program, as `Recipe` has them."""


def recipes_without(left_out: Sequence[str], *, pictures: bool) -> dict[str, Recipe]:
    """Return a recipe without each part that is named; of PARTS, one without each part.

    Without pictures only if they take part. Raises SettingsError for a part that there is not.
    """
    known = [field.name for field in fields(Recipe)]
    for name in left_out:
        if name not in {PARTS, *known}:
            raise SettingsError(
                f"There is no part {name} to be left out.", hint=f"There are: {', '.join(known)}"
            )
    names = known if PARTS in left_out else left_out
    taking_part = [name for name in names if pictures or name != "image"]
    return {f"without {name}": replace(WHOLE, **{name: False}) for name in taking_part}
