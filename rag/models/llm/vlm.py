"""The generator that writes: a language model of the person's own, with eyes or without.

Reads the numbered sources with their pictures and writes an answer with marks. What it may read is
known before it starts: words first, then pictures scaled to the room that is left. Knows a folder
of weights; knows nothing of retrieval.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import KW_ONLY, dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.datamodel import Prompt
from rag.errors import CutOffError, ModelError, is_out_of_memory
from rag.generation.prompt import fitted
from rag.models.base.computing import LazyModel, computing, spare_cores
from rag.models.llm.folder import Loaded, PromptTokenizer, VlmFolder
from rag.models.prompting import (
    LOOK_S,
    OPEN,
    LoadPixels,
    messages_of,
    shown_pictures,
    taken,
    wanted_pictures,
    without_thoughts,
)

if TYPE_CHECKING:
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
        self._read: PromptTokenizer | None = None
        self._runs: set[Generation] = set()

    @property
    def sees(self) -> bool:
        return self._reading.processor is not None

    def close(self) -> None:
        """End what is being written and give the memory back. The next use loads again."""
        with self._lock:
            for run in tuple(self._runs):
                run.stop()
            super().close()

    def count_tokens(self, text: str) -> int:
        return len(self._reading.tokenizer(text, add_special_tokens=False)["input_ids"])

    def fit(self, prompt: Prompt) -> Prompt:
        """Return the prompt with the first sources that fit; raise ModelError if none does."""
        return fitted(prompt, room_tokens=self._room(), measure=self._word_tokens)

    def stream(self, prompt: Prompt) -> Iterator[str]:
        """Yield pieces of the answer; nothing for a prompt without a source.

        Closing the iterator stops the model, amid the reading of a long prompt too. Raises
        CutOffError where the answer's tokens are spent.
        """
        if not (prompt.context.hits or prompt.bare):
            return
        inputs = self._inputs(self.fit(prompt))
        run = Generation(
            self._model().model,
            self._reading.tokenizer,
            inputs,
            max_tokens=self._answer_tokens,
            lock=self._writing,
        )
        self._runs.add(run)
        # The template may have begun a thought: some leave the model no choice.
        end: str = self._reading.tokenizer.decode(inputs["input_ids"][0, -8:])
        try:
            yield from without_thoughts(run.pieces(), begun=end.rstrip().endswith(OPEN))
        finally:
            self._runs.discard(run)

    def _inputs(self, prompt: Prompt) -> dict[str, Any]:
        shown: dict[int, Pixels] = {}
        if self.sees:
            left = self._room() - self._word_tokens(prompt)
            shown = shown_pictures(
                wanted_pictures(prompt),
                self._load_pixels,
                self._reading.picture_tokens,
                room_tokens=min(left, self._picture_tokens),
            )
        inputs = self._encoded(prompt, shown)
        while shown and inputs["input_ids"].shape[1] > self._room():
            shown.pop(max(shown))
            inputs = self._encoded(prompt, shown)
        logger.info("%d tokens, %d pictures", inputs["input_ids"].shape[1], len(shown))
        return inputs

    def _word_tokens(self, prompt: Prompt) -> int:
        messages = messages_of(prompt, (), signs=self._reading.signs)
        return int(self._reading.templated(messages, {})["input_ids"].shape[1])

    def _encoded(self, prompt: Prompt, shown: dict[int, Pixels]) -> dict[str, Any]:
        messages = messages_of(prompt, shown, signs=self._reading.signs)
        return self._model().tensors_of(self._reading.templated(messages, shown))

    def _room(self) -> int:
        """Return how many tokens a prompt may have: what the model and memory hold beside it."""
        return min(self._reading.window_tokens, self._model().room_tokens) - self._answer_tokens

    @property
    def _reading(self) -> PromptTokenizer:
        with self._lock:
            self._read = self._read or self._folder.read()
            return self._read

    def _load(self) -> Loaded:
        return self._folder.load(self._reading)


class _StoppedError(Exception):
    """Leaves the network amid its layers."""


@dataclass(eq=False)
class Generation:
    """Writes at most `max_tokens` on a thread of its own. `lock` lets one write at a time."""

    model: Any
    tokenizer: Any
    inputs: dict[str, Any]
    _: KW_ONLY
    max_tokens: int
    lock: threading.Lock

    def __post_init__(self) -> None:
        from transformers import TextIteratorStreamer

        self._asked = threading.Event()
        self._error: Exception | None = None
        self._cut = self._writes = False
        self._streamer = TextIteratorStreamer(
            self.tokenizer, skip_prompt=True, skip_special_tokens=True
        )
        self._thread = threading.Thread(target=self._work, name="generate", daemon=True)

    def pieces(self) -> Iterator[str]:
        """Yield what is written; closing the iterator stops the work, and waits until it has.

        While nothing comes an empty piece does, every `LOOK_S`: an iterator is closed at a piece.

        Raises ModelError where the network fails, and CutOffError at `max_tokens`.
        """
        self._thread.start()
        try:
            yield from taken(self._streamer.text_queue)
        finally:
            self.stop()
        if self._error is not None:
            raise _for_a_person(self._error) from self._error
        if self._cut:
            raise CutOffError(
                f"The answer was cut off at {self.max_tokens} tokens.",
                hint="Raise RAG_ANSWER_TOKENS.",
            )

    def stop(self) -> None:
        """End the work and wait for it.

        Only now do the layers of words and pictures look whether they are to go on: hooks cost each
        token, and a word that nobody stops pays for none.
        """
        import torch

        self._asked.set()
        lists = (m for m in self.model.modules() if isinstance(m, torch.nn.ModuleList))
        with ExitStack() as hooks:
            for layer in chain.from_iterable(lists) if self._thread.is_alive() else ():
                hooks.callback(layer.register_forward_pre_hook(self._leave).remove)
            self._thread.join()

    def _leave(self, *_: object) -> None:
        """End this work amid its layers, which it shares with what others write."""
        if threading.current_thread() is self._thread:
            raise _StoppedError

    def _work(self) -> None:
        try:
            if self._has_turn():
                with computing(spare_cores()):
                    self._cut = self._generate()
        except _StoppedError:
            pass
        except Exception as error:  # noqa: BLE001 - it is raised where the pieces are read
            self._error = error
        finally:
            if self._writes:
                self.lock.release()
            self.inputs = {}
            self._streamer.on_finalized_text("", stream_end=True)

    def _has_turn(self) -> bool:
        """Wait until no other writes; return False where this one is stopped before."""
        while not self._writes and not self._asked.is_set():
            self._writes = self.lock.acquire(timeout=LOOK_S)
        return self._writes

    def _generate(self) -> bool:
        """Run the model; return whether it was still writing at the limit."""
        import torch

        prompt_tokens = self.inputs["input_ids"].shape[1]
        with torch.inference_mode():
            ids = self.model.generate(  # (1, prompt and answer tokens)
                **self.inputs,
                streamer=self._streamer,
                max_new_tokens=self.max_tokens,
                do_sample=False,
                num_beams=1,
                temperature=None,
                top_p=None,
                top_k=None,
            )
        ends = self.model.generation_config.eos_token_id
        ended = int(ids[0, -1]) in (ends if isinstance(ends, list) else [ends])
        return not ended and ids.shape[1] - prompt_tokens >= self.max_tokens


def _for_a_person(error: Exception) -> Exception:
    """Return a ModelError for what a machine can't do; bugs stay what they are."""
    if is_out_of_memory(error):
        return ModelError(
            "The machine ran out of memory while the model wrote.",
            hint="Lower RAG_READING_TOKENS or RAG_PICTURE_TOKENS, or take a smaller model.",
        )
    if isinstance(error, RuntimeError):
        return ModelError(f"The model failed: {str(error).splitlines()[0][:200]}.")
    return error
