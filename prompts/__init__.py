"""The prompt files, read by name. `string.Template` placeholders: braces in documents are text."""

from importlib.resources import files
from string import Template


def load(name: str) -> Template:
    """Return the prompt file `name`.txt as a template."""
    return Template((files(__package__) / f"{name}.txt").read_text(encoding="utf-8"))
