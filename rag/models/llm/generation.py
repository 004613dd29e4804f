"""One run of `generate`: a thread that writes, pieces that come out, and a stop that is prompt.

Knows transformers; knows no prompt. Imports torch when imported, so only code that is itself
loaded lazily imports it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final

import torch
from transformers import TextIteratorStreamer

from rag.errors import CutOffError, ModelError, is_out_of_memory
from rag.models.base.device import computing, spare_cores

LOOK_S: Final = 0.5
"""So often, while nothing is written yet, whoever reads may leave: an empty piece comes."""


class _StoppedError(Exception):
    """Leaves the network amid its layers."""


class Generation:
    """Writes at most `max_tokens` on a thread of its own. `lock` lets one write at a time."""

    def __init__(
        self,
        model: Any,  # noqa: ANN401 - a class for each family
        tokenizer: Any,  # noqa: ANN401 - as above
        inputs: dict[str, Any],
        *,
        max_tokens: int,
        lock: threading.Lock,
    ) -> None:
        self._model = model
        self._inputs = inputs
        self._max_tokens = max_tokens
        self._lock = lock
        self._asked = threading.Event()
        self._error: Exception | None = None
        self._cut = False
        self._writes = False
        self._streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        self._thread = threading.Thread(target=self._work, name="generate", daemon=True)

    def pieces(self) -> Iterator[str]:
        """Yield what is written; closing the iterator stops the work, and waits until it has.

        While nothing comes an empty piece does, every `LOOK_S`: an iterator is closed at a piece.

        Raises ModelError where the network fails, and CutOffError at `max_tokens`.
        """
        self._thread.start()
        try:
            yield from self._written()
        finally:
            self.stop()
        if self._error is not None:
            raise _for_a_person(self._error) from self._error
        if self._cut:
            raise CutOffError(
                f"The answer was cut off at {self._max_tokens} tokens.",
                hint="Raise RAG_ANSWER_TOKENS.",
            )

    def _written(self) -> Iterator[str]:
        """Yield the pieces that the streamer holds, as they come."""
        while True:
            try:
                piece = self._streamer.text_queue.get(timeout=LOOK_S)
            except queue.Empty:
                yield ""
                continue
            if piece == self._streamer.stop_signal:
                return
            if piece:
                yield piece

    def stop(self) -> None:
        """End the work and wait for it.

        Only now do the layers look whether they are to go on: hooks cost each token, and a word
        that nobody stops pays for none.
        """
        self._asked.set()
        with ExitStack() as hooks:
            if self._thread.is_alive():
                for layer in _layers(self._model):
                    hooks.callback(layer.register_forward_pre_hook(self._leave).remove)
            self._thread.join()

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
                self._lock.release()
            self._inputs = {}
            self._streamer.on_finalized_text("", stream_end=True)

    def _has_turn(self) -> bool:
        """Wait until no other writes; return False where this one is stopped before."""
        while not self._writes and not self._asked.is_set():
            self._writes = self._lock.acquire(timeout=LOOK_S)
        return self._writes

    def _generate(self) -> bool:
        """Run the model; return whether it was still writing at the limit."""
        prompt_tokens = self._inputs["input_ids"].shape[1]
        with torch.inference_mode():
            ids = self._model.generate(  # (1, prompt and answer tokens)
                **self._inputs,
                streamer=self._streamer,
                max_new_tokens=self._max_tokens,
                do_sample=False,
                num_beams=1,
                temperature=None,
                top_p=None,
                top_k=None,
            )
        ends = self._model.generation_config.eos_token_id
        ended = int(ids[0, -1]) in (ends if isinstance(ends, list) else [ends])
        return not ended and ids.shape[1] - prompt_tokens >= self._max_tokens

    def _leave(self, *_: object) -> None:
        """End this work amid its layers, which it shares with what others write."""
        if threading.current_thread() is self._thread:
            raise _StoppedError


def _layers(model: Any) -> Iterator[Any]:  # noqa: ANN401 - a class for each family
    """Yield the layers of words and of pictures: reading a long prompt is left between two."""
    for module in model.modules():
        if isinstance(module, torch.nn.ModuleList):
            yield from module


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
