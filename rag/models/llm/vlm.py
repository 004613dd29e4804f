"""The generator that writes: a language model of the person's own, with eyes or without.

Reads the numbered sources with their pictures and writes an answer with marks. What it may read is
known before it starts: words first, then pictures scaled to the room that is left. Knows a folder
of weights; knows nothing of retrieval.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.datamodel import Prompt
from rag.generation.prompt import fitted
from rag.models.base.loading import LazyModel
from rag.models.base.thoughts import OPEN, without_thoughts
from rag.models.llm.folder import (
    Loaded,
    PromptTokenizer,
    VlmFolder,
    picture_tokens,
    templated,
    tensors_of,
)
from rag.models.prompting.chat_messages import messages_of
from rag.models.prompting.prompt_pictures import LoadPixels, shown_pictures, wanted_pictures

if TYPE_CHECKING:
    from rag.models.llm.generation import Generation
    from rag.protocols import Pixels

logger = logging.getLogger(__name__)


class VlmGenerator(LazyModel[Loaded]):
    """The `Generator` over one folder. Loads when first needed; thread-safe, one answer at a time.

    Raises ModelError where the folder is missing, damaged or no chat model's, where it does not fit
    the memory, and where the question and its best source do not fit the model.
    """

    def __init__(
        self, folder: Path, load_pixels: LoadPixels, *, answer_tokens: int, picture_tokens: int
    ) -> None:
        """`answer_tokens` and `picture_tokens`: what an answer and all pictures may take."""
        super().__init__()
        self._folder = VlmFolder(folder)
        self._load_pixels = load_pixels
        self._answer_tokens = answer_tokens
        self._picture_tokens = picture_tokens
        self.model_id = self._folder.model_id()
        self._writing = threading.Lock()
        self._reading_cache: PromptTokenizer | None = None
        self._runs: set[Generation] = set()

    @property
    def sees(self) -> bool:
        return self._reading().processor is not None

    def close(self) -> None:
        """End what is being written and give the memory back. The next use loads again."""
        with self._lock:
            for run in tuple(self._runs):
                run.stop()
            super().close()

    def count_tokens(self, text: str) -> int:
        return len(self._reading().tokenizer(text, add_special_tokens=False)["input_ids"])

    def fit(self, prompt: Prompt) -> Prompt:
        """Return the prompt with the first sources that fit; raise ModelError if none does."""
        room = self._room() - self._answer_tokens
        return fitted(prompt, room_tokens=room, measure=self._word_tokens)

    def stream(self, prompt: Prompt) -> Iterator[str]:
        """Yield pieces of the answer; nothing for a prompt without a source.

        Closing the iterator stops the model, amid the reading of a long prompt too. Raises
        CutOffError where the answer's tokens are spent.
        """
        if not (prompt.context.hits or prompt.bare):
            return
        from rag.models.llm.generation import Generation

        inputs = self._inputs(self.fit(prompt))
        run = Generation(
            self._model().model,
            self._reading().tokenizer,
            inputs,
            max_tokens=self._answer_tokens,
            lock=self._writing,
        )
        self._runs.add(run)
        try:
            yield from without_thoughts(run.pieces(), begun=self._thinks_already(inputs))
        finally:
            self._runs.discard(run)

    def _inputs(self, prompt: Prompt) -> dict[str, Any]:
        """Return the tensors of a prompt whose words fit, with as many pictures as fit too."""
        most = self._room() - self._answer_tokens
        shown = self._pictures(prompt, most)
        inputs = self._encoded(prompt, shown)
        while shown and inputs["input_ids"].shape[1] > most:
            shown.pop(max(shown))
            inputs = self._encoded(prompt, shown)
        logger.info("%d tokens, %d pictures", inputs["input_ids"].shape[1], len(shown))
        return inputs

    def _pictures(self, prompt: Prompt, max_tokens: int) -> dict[int, Pixels]:
        if self._reading().processor is None:
            return {}
        left = max_tokens - self._word_tokens(prompt)
        return shown_pictures(
            wanted_pictures(prompt),
            self._load_pixels,
            lambda height, width: picture_tokens(self._reading(), height, width),
            room_tokens=min(left, self._picture_tokens),
        )

    def _thinks_already(self, inputs: dict[str, Any]) -> bool:
        """Tell whether the template has begun a thought: some leave the model no choice."""
        end: str = self._reading().tokenizer.decode(inputs["input_ids"][0, -8:])
        return end.rstrip().endswith(OPEN)

    def _word_tokens(self, prompt: Prompt) -> int:
        """Return the tokens of a prompt without its pictures, in the model's own template."""
        reading = self._reading()
        messages = messages_of(prompt, (), signs=reading.signs)
        return int(templated(reading, messages, {})["input_ids"].shape[1])

    def _encoded(self, prompt: Prompt, shown: dict[int, Pixels]) -> dict[str, Any]:
        reading, loaded = self._reading(), self._model()
        messages = messages_of(prompt, shown, signs=reading.signs)
        return tensors_of(templated(reading, messages, shown), loaded)

    def _room(self) -> int:
        """Return how many tokens prompt and answer may have: what the model and memory hold."""
        return min(self._reading().window_tokens, self._model().room_tokens)

    def _reading(self) -> PromptTokenizer:
        with self._lock:
            if self._reading_cache is None:
                self._reading_cache = self._folder.read()
            return self._reading_cache

    def _load(self) -> Loaded:
        return self._folder.load(self._reading())
