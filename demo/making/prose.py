"""Running text in the source: wrapped there for the eye, unwrapped here for the page."""

from __future__ import annotations


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of `text`, which blank lines divide, each as one line."""
    return tuple(" ".join(block.split()) for block in text.strip().split("\n\n"))
