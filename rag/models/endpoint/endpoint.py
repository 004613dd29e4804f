"""The generator of a server: any that speaks the OpenAI chat protocol (Ollama, llama.cpp, vLLM).

Sends the prompt with its pictures and hands on what comes back, piece by piece. Knows the protocol;
knows no model. The key is sent to the server, and stands in no log, error or name.
"""

from __future__ import annotations

import base64
import io
import logging
import math
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rag.datamodel import Prompt
from rag.errors import ModelError
from rag.generation.prompt import fitted, with_first
from rag.generation.tools.calls import TOOLS
from rag.models.base.thoughts import without_thoughts
from rag.models.endpoint.address import Address
from rag.models.endpoint.errors import (
    PLAIN,
    Refusal,
    RefusedPartError,
    Sent,
    TooLongError,
    UnreachableError,
    explained,
    unreachable,
)
from rag.models.endpoint.leaving import AnswerConnection, leaving_at_any_time
from rag.models.endpoint.room import OLLAMA_TOKENS, told_tokens
from rag.models.endpoint.stream import pieces_of
from rag.models.endpoint.taken import SETTINGS, Taken
from rag.models.prompting.chat_messages import Message, as_text, messages_of
from rag.models.prompting.prompt_pictures import (
    LoadPixels,
    shown_pictures,
    wanted_pictures,
    with_best_pictures,
)

if TYPE_CHECKING:
    import httpx

    from rag.protocols import Pixels

logger = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 180.0
"""Between two pieces; the first comes after the server has read the prompt, maybe on a CPU."""

WAITS_S: Final = (0.5, 1.0, 2.0)
"""Before each further try, where a server is not there yet or has too much to do."""

BYTES_PER_TOKEN: Final = 3.5
"""Of UTF-8: a little under what tokenizers of today's models make of English prose."""

PIXELS_PER_TOKEN: Final = 28 * 28
"""As Qwen2.5-VL reads pictures; a server's own count is not known."""

JPEG_QUALITY: Final = 90

SHORTER: Final = 0.7
"""Of the sources of a prompt that is too long for the server, so many are sent in their place."""

UNKNOWN_ROOM: Final = 1_000_000
"""Tokens of a server that tells none, until it refuses a prompt for its length."""

SURE: Final = 0.9
"""Of what a server says it reads: our count of tokens is an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where to ask and as whom. `model` "": the only one that the server has."""

    address: Address
    model: str = ""
    key: str = field(default="", repr=False)
    connect_s: float = CONNECT_SECONDS
    read_s: float = READ_SECONDS


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
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._server = server
        self._load_pixels = load_pixels
        self._answer_tokens = answer_tokens
        self._picture_tokens = picture_tokens
        self._wait = wait
        self._only_model = ""
        self._taken = Taken()
        self._room_tokens = self._told_room = UNKNOWN_ROOM
        self._knows_room = False

    @property
    def model_id(self) -> str:
        return f"{self._server.model or 'its model'} at {self._server.address.host}"

    @property
    def sees(self) -> bool:
        """Whether the server takes pictures, as far as is known."""
        return self._taken.pictures != 0

    def warm(self) -> None:
        """Nothing is to be loaded here."""

    def close(self) -> None:
        """Nothing is held between answers."""

    def count_tokens(self, text: str) -> int:
        """Return an estimate: the server's tokenizer is not known."""
        return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)

    def fit(self, prompt: Prompt) -> Prompt:
        """Return the prompt with what of it the server reads: the first sources, the best pictures.

        It says how much it reads; how many pictures it takes only its refusals tell.
        """
        self._ask_room()
        return fitted(
            with_best_pictures(prompt, self._taken.pictures),
            room_tokens=self._room(),
            measure=lambda tried: self._words(tried) if len(tried.context.hits) > 1 else 0,
        )

    def stream(self, prompt: Prompt) -> Iterator[str]:
        """Yield pieces of the answer; nothing for a prompt without a source.

        Closing the iterator closes the connection, at which servers stop; while nothing comes an
        empty piece does, at which it can be closed. A server without eyes is
        asked again in words alone, one that reads less than was sent with fewer sources.
        """
        if not (prompt.context.hits or prompt.bare):
            return
        try:
            yield from self._answered(prompt)
        except RefusedPartError as refused:
            logger.info("asked again: %s", refused)
            self._taken = self._taken.without(refused)
            yield from self.stream(prompt)
        except TooLongError:
            kept = int(SHORTER * len(prompt.context.hits))
            if not kept:
                raise
            logger.info("too long for the server: asked again with %d sources", kept)
            shorter = with_first(prompt, kept)
            self._room_tokens = self._words(shorter)
            yield from self.stream(shorter)

    def _ask_room(self) -> None:
        """Ask how much the server reads: again where it is not there yet, or has not settled it."""
        import httpx

        if self._knows_room:
            return
        try:
            with self._client(AnswerConnection()) as client:
                model = self._server.model or self._only_model
                told = told_tokens(client, self._server.address, model)
        except httpx.HTTPError:
            return
        self._knows_room = told != OLLAMA_TOKENS
        if told is not None:
            logger.info("the server reads %d tokens", told)
            self._answer_tokens = min(self._answer_tokens, told // 2)
            self._told_room = int(SURE * told) - self._answer_tokens

    def _room(self) -> int:
        """Return how many tokens of words a prompt may be: as told, and as refused."""
        return min(self._room_tokens, self._told_room)

    def _words(self, prompt: Prompt) -> int:
        """Return about how many tokens the words of a prompt are."""
        return sum(self.count_tokens(str(as_text(m)["content"])) for m in messages_of(prompt, {}))

    def _answered(self, prompt: Prompt) -> Iterator[str]:
        shown = self._pictures(prompt)
        line = AnswerConnection()
        yield from leaving_at_any_time(line, lambda: self._read(prompt, shown, line))

    def _read(
        self, prompt: Prompt, shown: dict[int, Pixels], line: AnswerConnection
    ) -> Generator[str, None, None]:
        with self._client(line) as client:
            body = self._body(client, prompt, shown)
            response = self._started(client, body)
            try:
                yield from without_thoughts(pieces_of(response, host=self._server.address.host))
            finally:
                response.close()

    def _body(
        self, client: httpx.Client, prompt: Prompt, shown: dict[int, Pixels]
    ) -> dict[str, Any]:
        return {
            "model": self._server.model or self._named(client),
            "messages": [_sent(message, shown) for message in messages_of(prompt, shown)],
            "stream": True,
            **self._taken.settings(answer_tokens=self._answer_tokens),
            **({"tools": TOOLS} if prompt.calls and self._taken.tools else {}),
        }

    def _named(self, client: httpx.Client) -> str:
        """Return the server's only model; raise ModelError where it has none or several."""
        if not self._only_model:
            names = self._models(client)
            if len(names) != 1:
                told = ", ".join(names[:10]) or "none"
                raise ModelError(
                    f"The server at {self._server.address.host} has these models: {told}.",
                    hint="Say which: RAG_GENERATOR_MODEL=NAME.",
                )
            self._only_model = names[0]
        return self._only_model

    def _models(self, client: httpx.Client) -> list[str]:
        """Return the names of the server's models; some tell none."""
        response = self._patiently(lambda: client.send(client.build_request("GET", "models")))
        try:
            return [str(model["id"]) for model in response.json()["data"]]
        except (ValueError, KeyError, TypeError):
            return []

    def _started(self, client: httpx.Client, body: dict[str, Any]) -> httpx.Response:
        request = client.build_request("POST", "chat/completions", json=body)
        settings = tuple(name for name in SETTINGS if name in body)
        sent = Sent(pictures=_shown_in(body), tools="tools" in body, settings=settings)
        return self._patiently(lambda: client.send(request, stream=True), sent)

    def _patiently(self, send: Callable[[], httpx.Response], sent: Sent = PLAIN) -> httpx.Response:
        """Return the answer of `send`, asking again while the server is away or too busy."""
        for wait_s in WAITS_S:
            try:
                return self._sent_once(send, sent)
            except UnreachableError as error:
                pause_s = error.wait_s or wait_s
                logger.info("asking again in %.1f s: %s", pause_s, type(error.__cause__).__name__)
            self._wait(pause_s)
        try:
            return self._sent_once(send, sent)
        except UnreachableError as error:
            raise ModelError(error.message, hint=error.hint) from error

    def _sent_once(self, send: Callable[[], httpx.Response], sent: Sent) -> httpx.Response:
        import httpx

        try:
            response = send()
        except httpx.HTTPError as error:
            raise unreachable(error, self._server.address.host) from error
        if response.is_success:
            return response
        try:
            told = Refusal.read(response, key=self._server.key)
        finally:
            response.close()
        raise explained(told, host=self._server.address.host, model=self._server.model, sent=sent)

    def _pictures(self, prompt: Prompt) -> dict[int, Pixels]:
        return shown_pictures(
            wanted_pictures(prompt)[: self._taken.pictures],
            self._load_pixels,
            lambda height, width: math.ceil(height * width / PIXELS_PER_TOKEN),
            room_tokens=min(self._picture_tokens, self._room() - self._words(prompt)),
        )

    def _client(self, line: AnswerConnection) -> httpx.Client:
        """Return a client that follows no redirect, and no proxy to a machine that is near."""
        import httpx

        server = self._server
        return httpx.Client(
            base_url=server.address.url,
            headers={"Authorization": f"Bearer {server.key}"} if server.key else {},
            timeout=httpx.Timeout(server.read_s, connect=server.connect_s),
            trust_env=server.address.far,
            event_hooks={"request": [line.watch]},
        )


def _shown_in(body: dict[str, Any]) -> int:
    """Return how many pictures a request holds."""
    contents = (message["content"] for message in body["messages"])
    parts = (part for content in contents if isinstance(content, list) for part in content)
    return sum(part["type"] == "image_url" for part in parts)


def _sent(message: Message, shown: dict[int, Pixels]) -> Message:
    """Return the message as servers take it: one string where it holds no picture."""
    if not any(part["type"] == "image" for part in message["content"]):
        return as_text(message)
    content = [
        {"type": "image_url", "image_url": {"url": data_uri(shown[part["place"]])}}
        if part["type"] == "image"
        else part
        for part in message["content"]
    ]
    return {"role": message["role"], "content": content}


def data_uri(pixels: Pixels) -> str:
    """Return the picture as a JPEG within an address."""
    from PIL import Image

    encoded = io.BytesIO()
    Image.fromarray(pixels).save(encoded, format="JPEG", quality=JPEG_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(encoded.getvalue()).decode('ascii')}"
