"""The generator of a server: any that speaks the OpenAI chat protocol (Ollama, llama.cpp, vLLM).

Sends the prompt with its pictures and hands on what comes back, piece by piece. Knows the protocol;
knows no model. The key is sent to the server, and stands in no log, error or name.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import math
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from rag.datamodel import Prompt
from rag.errors import ModelError
from rag.generation.prompt import fitted, with_first
from rag.generation.tools.calls import TOOLS
from rag.models.endpoint.client import OLLAMA_TOKENS, Server, context_tokens, open_client
from rag.models.endpoint.replies import (
    LIMIT,
    OTHER_LIMIT,
    RefusedPartError,
    TooLongError,
    UnreachableError,
    cancellable,
    explained,
    pieces_of,
    unreachable,
)
from rag.models.prompting import (
    LoadPixels,
    Message,
    as_text,
    messages_of,
    shown_pictures,
    wanted_pictures,
    with_best_pictures,
    with_pictures,
    without_thoughts,
)

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI, AsyncStream

    from rag.protocols import Pixels

logger = logging.getLogger(__name__)

WAITS_S: Final = (0.5, 1.0, 2.0)
"""Before each further try, where a server is not there yet or has too much to do."""

BYTES_PER_TOKEN: Final = 3.5
"""Of UTF-8: a little under what tokenizers of today's models make of English prose."""

PIXELS_PER_TOKEN: Final = 28 * 28
"""As Qwen2.5-VL reads pictures; a server's own count is not known."""

JPEG_QUALITY: Final = 90

SHORTER: Final = 0.7
"""Of the sources of a prompt that is too long for the server, so many are sent in their place."""

UNKNOWN_TOKENS: Final = 1_000_000
"""What a server reads that tells nothing, until it refuses a prompt for its length."""

SURE: Final = 0.9
"""Of what a server says it reads: our count of tokens is an estimate."""

Reply = TypeVar("Reply")


class EndpointGenerator:
    """The `Generator` over one server. Thread-safe; nothing is asked before the first answer.

    Raises ModelError where the server can't be reached, refuses, or knows no such model, and
    CutOffError where it falls silent amid an answer. Until the first piece a server that is not
    there yet, or is too busy, is asked again.
    """

    def __init__(
        self,
        server: Server,
        load_pixels: LoadPixels,
        *,
        answer_tokens: int,
        picture_tokens: int,
        wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.model_id = f"{server.model or 'its model'} at {server.address.host}"
        self._server = server
        self._load_pixels = load_pixels
        self._answer_tokens = answer_tokens
        self._picture_tokens = picture_tokens
        self._wait = wait
        self._only_model = ""
        self._most_pictures: int | None = None
        self._refused: frozenset[str] = frozenset()
        self._refused_tokens = self._stated_tokens = UNKNOWN_TOKENS
        self._knows_size = False

    @property
    def sees(self) -> bool:
        """Whether the server takes pictures, as far as is known."""
        return self._most_pictures != 0

    def warm(self) -> None:
        """Nothing is to be loaded here."""

    def close(self) -> None:
        """Nothing is held between answers."""

    def count_tokens(self, text: str) -> int:
        """Return an estimate: the server's tokenizer is not known."""
        return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)

    def fit(self, prompt: Prompt) -> Prompt:
        """Return the prompt with what of it the server is known to read, the best first."""
        self._ask_size()
        return fitted(
            with_best_pictures(prompt, self._most_pictures),
            room_tokens=self._max_tokens(),
            measure=lambda tried: self._words(tried) if len(tried.context.hits) > 1 else 0,
        )

    def stream(self, prompt: Prompt) -> Iterator[str]:
        """Yield pieces of the answer; nothing for a prompt without a source.

        Closing the iterator closes the connection, at which servers stop; while nothing comes an
        empty piece does, at which it can be closed. A server without eyes is asked again in words
        alone, one that reads less than was sent with fewer sources.
        """
        if not (prompt.context.hits or prompt.bare):
            return
        try:
            yield from without_thoughts(cancellable(lambda: self._answered(prompt)))
        except RefusedPartError as refused:
            logger.info("asked again: %s", refused)
            if refused.part == "pictures":
                self._most_pictures = refused.most
            self._refused |= {refused.part}
            yield from self.stream(prompt)
        except TooLongError:
            kept = int(SHORTER * len(prompt.context.hits))
            if not kept:
                raise
            logger.info("too long for the server: asked again with %d sources", kept)
            shorter = with_first(prompt, kept)
            self._refused_tokens = self._words(shorter)
            yield from self.stream(shorter)

    def _ask_size(self) -> None:
        """Ask how much the server reads: again where it is not there yet, or has not settled it."""
        if self._knows_size:
            return
        try:
            given = context_tokens(self._server, self._server.model or self._only_model)
        except OSError:
            return
        self._knows_size = given != OLLAMA_TOKENS
        if given is not None:
            logger.info("the server reads %d tokens", given)
            self._answer_tokens = min(self._answer_tokens, given // 2)
            self._stated_tokens = int(SURE * given) - self._answer_tokens

    def _max_tokens(self) -> int:
        return min(self._refused_tokens, self._stated_tokens)

    def _words(self, prompt: Prompt) -> int:
        return sum(self.count_tokens(str(as_text(m)["content"])) for m in messages_of(prompt, {}))

    async def _answered(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        async with open_client(self._server) as client:
            body = await self._body(client, prompt)
            create = client.chat.completions.create
            stream = await self._patiently(lambda: create(**body), body)
            kind = stream.response.headers.get("Content-Type", "")
            events = stream if "text/event-stream" in kind else _whole(stream.response)
            try:
                async with aclosing(pieces_of(events, host=self._server.address.host)) as pieces:
                    async for piece in pieces:
                        yield piece
            finally:
                await _end(stream)

    async def _body(self, client: AsyncOpenAI, prompt: Prompt) -> dict[str, Any]:
        shown = await asyncio.to_thread(
            shown_pictures,
            wanted_pictures(prompt)[: self._most_pictures],
            self._load_pixels,
            lambda height, width: math.ceil(height * width / PIXELS_PER_TOKEN),
            room_tokens=min(self._picture_tokens, self._max_tokens() - self._words(prompt)),
        )
        limit = OTHER_LIMIT if LIMIT in self._refused else LIMIT
        asked: dict[str, Any] = {limit: self._answer_tokens, "temperature": 0}
        asked |= {"tools": TOOLS} if prompt.calls else {}
        return {
            "model": self._server.model or await self._named(client),
            "messages": _sent(messages_of(prompt, shown), shown),
            "stream": True,
            **{name: value for name, value in asked.items() if name not in self._refused},
        }

    async def _named(self, client: AsyncOpenAI) -> str:
        """Return the server's only model; raise ModelError where it has none or several."""
        if not self._only_model:
            page = await self._patiently(client.models.list, {})
            names = [str(model.id) for model in page.data or ()]
            if len(names) != 1:
                given = ", ".join(names[:10]) or "none"
                raise ModelError(
                    f"The server at {self._server.address.host} has these models: {given}.",
                    hint="Say which: RAG_GENERATOR_MODEL=NAME.",
                )
            self._only_model = names[0]
        return self._only_model

    async def _patiently(
        self, ask: Callable[[], Awaitable[Reply]], body: Mapping[str, Any]
    ) -> Reply:
        """Return what `ask` does, asking again while the server is away or too busy."""
        for usual_s in WAITS_S:
            try:
                return await self._asked(ask, body)
            except UnreachableError as error:
                wait_s = error.wait_s or usual_s
                logger.info("asking again in %.1f s: %s", wait_s, type(error.__cause__).__name__)
            await self._wait(wait_s)
        return await self._asked(ask, body)

    async def _asked(self, ask: Callable[[], Awaitable[Reply]], body: Mapping[str, Any]) -> Reply:
        from openai import APIConnectionError, APIStatusError

        try:
            return await ask()
        except APIStatusError as error:
            raise explained(error, self._server, body) from error
        except APIConnectionError as error:
            raise unreachable(error, self._server.address.host) from error


async def _end(stream: AsyncStream[Any]) -> None:
    """Hang up; what reads the stream ends only where it is read on."""
    await stream.close()
    with suppress(Exception):
        async for _ in stream:
            pass


async def _whole(response: httpx2.Response) -> AsyncIterator[Any]:
    """Yield an answer that comes at once, whatever the server was asked, as one event."""
    yield json.loads(await response.aread())


def _sent(messages: Sequence[Message], shown: Mapping[int, Pixels]) -> list[Message]:
    """Return the messages as servers take them: one string where it holds no picture."""
    parts = {place: {"type": "image_url", "image_url": _url(p)} for place, p in shown.items()}
    system, user = messages
    return [as_text(system), with_pictures(user, parts) if parts else as_text(user)]


def _url(pixels: Pixels) -> dict[str, str]:
    from PIL import Image

    encoded = io.BytesIO()
    Image.fromarray(pixels).save(encoded, format="JPEG", quality=JPEG_QUALITY)
    data = base64.b64encode(encoded.getvalue()).decode("ascii")
    return {"url": f"data:image/jpeg;base64,{data}"}
