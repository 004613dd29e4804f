"""The prompt files, read by name. `string.Template` placeholders: braces in documents are text."""

import re
from functools import cache
from importlib.resources import files
from string import Template


def load(name: str) -> Template:
    """Return the prompt file `name`.txt as a template."""
    return Template((files(__package__) / f"{name}.txt").read_text(encoding="utf-8"))


@cache
def load_examples(name: str) -> tuple[tuple[str, str], ...]:
    """Return the worked examples of `name`_examples.txt: pairs of what is asked and answered.

    Each is divided by lines `## user` and `## assistant`.
    """
    text = (files(__package__) / f"{name}_examples.txt").read_text(encoding="utf-8")
    turns = re.split(r"^## (?:user|assistant)\n", text, flags=re.MULTILINE)[1:]
    return tuple((turns[n].strip(), turns[n + 1].strip()) for n in range(0, len(turns), 2))
