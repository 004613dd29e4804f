"""The language model: its seam, text in, text out; and the one that a child process runs.

That is in OpenVINO's form, or a GGUF file, on the processor. Several callers may generate at the
same time; each iterates over its own text. The child is started by the first call, and again after
it died.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal, Protocol

from rag.decoding import converted
from rag.errors import ModelError

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCompletion:
    """What a model wrote.

    `mean_logprob` is the mean natural logarithm of its tokens' probabilities, at most 0; 0 of
    none. `finish_reason` is "length" where `max_tokens` cut it off.
    """

    text: str
    mean_logprob: float
    finish_reason: FinishReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of generated text; `logprob` is the sum over its tokens (natural logarithm).

    The last one of a text has its `finish_reason`, how many `tokens` were generated in all, and
    the `samples` that were asked for, or the `score` (see `LanguageModel.score`).
    """

    text: str = ""
    logprob: float = 0.0
    finish_reason: FinishReason | None = None
    tokens: int = 0
    samples: tuple[TextCompletion, ...] = ()
    score: float | None = None


class LanguageModel(Protocol):
    """Continues a conversation, greedily: the same input gives the same text."""

    model_id: str

    def complete(self, system: str, user: str, *, max_tokens: int) -> TextCompletion:
        """Return what follows `user`; a system text as before costs little. Raises ModelError."""
        messages = messages_of(system, user)
        return completion_of(list(self.stream(messages, max_tokens=max_tokens)))

    def stream(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        max_tokens: int,
        begun: str = "",
        samples: int = 0,
    ) -> Iterator[Segment]:
        """Yield what follows some messages (role, content), as it is generated.

        Behind what it has `begun` it goes on, also where it would have ended. Beside it so many
        `samples` are drawn from what the model holds for likely. Closing the iterator ends the
        work. Raises ModelError.
        """
        ...

    def score(self, messages: Sequence[Mapping[str, str]], text: str) -> float | None:
        """Return the natural logarithm of the chance that messages are answered by `text`.

        Or by what begins so; None where it can't be told. Raises ModelError.
        """
        ...


def completion_of(segments: Sequence[Segment]) -> TextCompletion:
    """Return the text that segments are the pieces of, all of them."""
    last = segments[-1]
    return TextCompletion(
        text="".join(one.text for one in segments).strip(),
        mean_logprob=sum(one.logprob for one in segments) / max(1, last.tokens),
        finish_reason=last.finish_reason or "stop",
    )


def messages_of(system: str, user: str) -> list[dict[str, str]]:
    """Return a conversation: the system text, and what is asked."""
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": without_control_tokens(user)},
    ]


def without_control_tokens(text: str) -> str:
    """Return text of documents and people that can't end its own turn: `<|im_end|>` is words."""
    return text.replace("<|", "<\u200b|")


START_S: Final = 180.0
"""Loading 1.6 GB from a slow disk takes a minute; longer than this is a fault."""

STEP_S: Final = 120.0
"""The most time between two tokens: a long prompt on a busy machine."""

HINT: Final = "Run `pagelight doctor`; until then answers are quotations."


class OpenVinoLlm(LanguageModel):
    """Thread-safe. `path` is a folder with `openvino_model.xml` and its tokenizer, or a GGUF file.

    A file is read anew at each start, which takes a minute.
    """

    def __init__(self, path: Path) -> None:
        self.model_id = path.name
        self._path = path
        self._starting = threading.Lock()
        self._child: Child | None = None

    def warm(self) -> None:
        """Load the model now. Raises ModelError."""
        self._running()

    def stream(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        max_tokens: int,
        begun: str = "",
        samples: int = 0,
    ) -> Iterator[Segment]:
        yield from self._running().generate(
            messages=list(messages), max_tokens=max_tokens, begun=begun, samples=samples
        )

    def score(self, messages: Sequence[Mapping[str, str]], text: str) -> float | None:
        (told,) = self._running().generate(messages=list(messages), scored=text)
        return told.score

    def close(self) -> None:
        with self._starting:
            if self._child:
                self._child.end()
                self._child = None

    def _running(self) -> Child:
        with self._starting:
            if self._child and not self._child.lives:
                self._child.end()
                self._child = None
            self._child = self._child or Child(self._path)
            return self._child


class Child:
    """One process of `openvino_worker`, and the queues of those who wait for it."""

    def __init__(self, path: Path) -> None:
        """Raises ModelError where the model can't be loaded."""
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-P", "-m", "rag.models.llm.openvino_worker", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._numbers = itertools.count()
        self._writing = threading.Lock()
        self._waiting: dict[str, queue.SimpleQueue[dict[str, Any] | None]] = {}
        self._ready = threading.Event()
        self._errors: list[str] = []
        self._threads = [
            threading.Thread(target=read, daemon=True) for read in (self._read, self._read_errors)
        ]
        for thread in self._threads:
            thread.start()
        if not self._ready.wait(START_S) or not self.lives:
            self.end()
            raise ModelError(f"The language model could not be loaded: {self._reason()}", hint=HINT)

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def generate(self, **request: object) -> Iterator[Segment]:
        """Yield what the worker generates for a request; its fields are told there."""
        name = str(next(self._numbers))
        received = self._waiting[name] = queue.SimpleQueue()
        try:
            self._send(id=name, **request)
            yield from self._segments(received)
        finally:
            del self._waiting[name]
            with suppress(ModelError):  # a child that ended has nothing to cancel
                self._send(id=name, cancel=True)

    def _segments(self, received: queue.SimpleQueue[dict[str, Any] | None]) -> Iterator[Segment]:
        while True:
            try:
                message = received.get(timeout=STEP_S)
            except queue.Empty:
                self.end()
                raise ModelError("The language model does not answer.", hint=HINT) from None
            if message is None:
                raise ModelError(f"The language model ended: {self._reason()}", hint=HINT)
            if "error" in message:
                raise ModelError(f"The language model failed: {message['error']}", hint=HINT)
            segment = converted(message, Segment)
            yield segment
            if segment.finish_reason:
                return

    def _send(self, **message: object) -> None:
        line = json.dumps(message, ensure_ascii=False) + "\n"
        try:
            with self._writing:
                _of(self._process.stdin).write(line)
                _of(self._process.stdin).flush()
        except (OSError, ValueError) as error:  # ValueError: closed by `end`
            raise ModelError(f"The language model ended: {self._reason()}", hint=HINT) from error

    def _read(self) -> None:
        for line in _of(self._process.stdout):
            message = json.loads(line)
            if "ready" in message:
                self._ready.set()
            elif received := self._waiting.get(message["id"]):
                received.put(message)
        self._process.wait()
        self._ready.set()
        for received in list(self._waiting.values()):
            received.put(None)

    def _read_errors(self) -> None:
        for line in _of(self._process.stderr):
            self._errors = [*self._errors, line.strip()][-3:]

    def _reason(self) -> str:
        return " ".join(filter(None, self._errors)) or f"exit status {self._process.poll()}"

    def end(self) -> None:
        """Kill the child: it keeps nothing that could be lost."""
        self._process.kill()
        for thread in self._threads:
            thread.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with suppress(OSError):
                _of(stream).close()


def _of(stream: IO[str] | None) -> IO[str]:
    assert stream is not None  # noqa: S101 - each was asked for as a pipe
    return stream
