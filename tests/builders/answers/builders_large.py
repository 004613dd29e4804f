"""A larger model that says some pieces, then may fail; and what writes with it."""

from rag.generation.writers.context_builder import ContextBuilder
from rag.generation.writers.large_writer import LargeWriter


class SayingGenerator:
    """Keeps the prompts that it is asked with; `fits` makes of one what it reads."""

    model_id = "saying"

    def __init__(self, *pieces, error=None, fits=lambda prompt: prompt, sees=False):
        self.pieces, self.error, self.fits, self.sees = pieces, error, fits, sees
        self.asked = []

    def count_tokens(self, text):
        return len(text.split())

    def fit(self, prompt):
        return self.fits(prompt)

    def stream(self, prompt):
        self.asked.append(prompt)
        yield from self.pieces
        if self.error is not None:
            raise self.error


def large(generator, *, page_of=lambda _ids: (), tokens=1000, pictures=0, tools=None):
    builder = ContextBuilder(
        page_of,
        frozenset,
        count_tokens=generator.count_tokens,
        tokens=tokens,
        pictures=pictures,
    )
    return LargeWriter(generator, builder, tools)
