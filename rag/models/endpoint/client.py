"""A server's address, whose machine that is, what of us it is told, and how much it reads at once.

The library `openai` reads addresses, keys and names of organisations from the environment, and
tells servers of this machine's system: here only what `SENT` names goes out. Knows no prompt.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from rag.errors import SettingsError

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

SCHEMES: Final = ("http", "https")
_HINT: Final = "Say an address such as http://127.0.0.1:8000/v1, or file:/FOLDER."


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A server's address, with `/` at its end. `host`, with its port, is what a person is shown.

    `here` tells whether it is this machine; `far` whether it is, or may be, outside the person's
    own network. A name is not looked up: any but localhost counts as far.
    """

    url: str
    host: str
    here: bool
    far: bool

    @property
    def notice(self) -> str:
        """Where passages go, as a sentence; "" where they stay on this machine."""
        if self.here:
            return ""
        plainly = "" if self.url.startswith("https:") or not self.far else ", unencrypted"
        return f"Your passages are sent to {self.host}{plainly}."


def read_address(text: str, *, setting: str = "RAG_GENERATOR") -> Address:
    """Return the address; raise SettingsError where it is none of a server."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"{setting} is no address: {error}.", hint=_HINT) from error
    if parts.scheme not in SCHEMES or not host:
        message = f"{setting} is {text!r}, which is neither a folder nor an address."
        raise SettingsError(message, hint=_HINT)
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(
            f"{setting} holds more than an address.", hint=f"A key goes to {setting}_KEY."
        )
    here, near = _whose(host)
    shown = host if port is None else f"{host}:{port}"
    return Address(url=f"{text.strip().rstrip('/')}/", host=shown, here=here, far=not near)


def _whose(host: str) -> tuple[bool, bool]:
    """Return whether a host is this machine, and whether it is in the person's own network."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761: it is always this machine
        return True, True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False, False
    return address.is_loopback, address.is_private and not address.is_unspecified


CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 180.0
"""Between two pieces; the first comes after the server has read the prompt, maybe on a CPU."""

MAX_LINE_BYTES: Final = 4_000_000
SENT: Final = frozenset(
    {"host", "accept", "accept-encoding", "connection", "content-type", "content-length"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where to ask and as whom. `model` "": the only one that the server has."""

    address: Address
    model: str = ""
    key: str = field(default="", repr=False)
    read_s: float = READ_SECONDS


def headers_of(server: Server) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.key}"} if server.key else {}


def open_client(server: Server) -> AsyncOpenAI:
    """Return a client that follows no redirect, and no proxy to a machine that is near."""
    import httpx2
    from openai import AsyncOpenAI

    async def address_plainly(request: httpx2.Request) -> None:
        for name in set(request.headers) - SENT:
            del request.headers[name]
        request.headers.update(headers_of(server))

    async def bound(response: httpx2.Response) -> None:
        response.stream = _limited(response.stream)

    return AsyncOpenAI(
        base_url=server.address.url,
        api_key="-",
        max_retries=0,
        http_client=httpx2.AsyncClient(
            timeout=httpx2.Timeout(server.read_s, connect=CONNECT_SECONDS),
            trust_env=server.address.far,
            event_hooks={"request": [address_plainly], "response": [bound]},
        ),
    )


def _limited(stream: httpx2.AsyncByteStream | httpx2.SyncByteStream) -> httpx2.AsyncByteStream:
    import httpx2

    class Limited(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            unbroken = 0
            async for block in stream:  # type: ignore[union-attr]  # of an asynchronous client
                unbroken = 0 if b"\n" in block else unbroken + len(block)
                if unbroken > MAX_LINE_BYTES:
                    raise ValueError("a line without an end")
                yield block

        async def aclose(self) -> None:
            await stream.aclose()  # type: ignore[union-attr]  # as above

    return Limited()


SECONDS: Final = 5.0
OLLAMA_TOKENS: Final = 4096
"""What Ollama reads of a model without `num_ctx`, with less than 24 GiB on its GPU. With more, and
where it was told otherwise, `/api/ps` says so once the model runs. What is longer it cuts off
without a word (docs.ollama.com, "Context length")."""

_NAMES: Final = frozenset(
    # of vLLM; OpenRouter, Together, Ollama; Mistral, LM Studio; Groq; llama.cpp
    ("max_model_len", "context_length", "max_context_length", "context_window", "n_ctx")
)
_NUM_CTX: Final = re.compile(r"^num_ctx\s+(\d{1,9})$", re.MULTILINE)

Read = Callable[..., Any]
"""Returns what a server says at a path; asked by POST where there is a body, as keywords."""


def context_tokens(server: Server, model: str) -> int | None:
    """Return how many tokens `model` reads, answer included; None where the server tells nothing.

    Only a server on this machine or in the person's own network is asked beside its models. Raises
    ConnectionError where there is none.
    """
    import httpx2

    far = server.address.far

    def read(path: str, **body: str) -> Any:  # noqa: ANN401 - JSON
        """An object; {} where the answer is none."""
        url = server.address.url + path if path == "models" else base + path
        answer = client.request("POST" if body else "GET", url, json=body or None)
        try:
            found = answer.json() if answer.is_success else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    base = server.address.url.removesuffix("v1/")
    try:
        with httpx2.Client(headers=headers_of(server), timeout=SECONDS, trust_env=far) as client:
            told = _told_with_models(read, model) if far else _told(read, model)
            return next((size for size in told if size > 0), None)
    except httpx2.HTTPError as error:
        raise ConnectionError(str(error)) from error


def _told_with_models(read: Read, model: str) -> Iterator[int]:
    rows = _objects(read("models").get("data"))
    yield from _sizes([row for row in rows if row.get("id") == model or len(rows) == 1])


def _told(read: Read, model: str) -> Iterator[int]:
    """Yield the sizes that any server tells: llama.cpp's in `/props`, Ollama in two places."""
    yield from _told_with_models(read, model)
    yield from _sizes(read("props").get("default_generation_settings"))
    for row in _objects(read("api/ps").get("models")):  # of models that run
        if model in (row.get("name"), row.get("model"), str(row.get("name")).split(":")[0]):
            yield from _sizes(row)
    shown = read("api/show", model=model)
    yield from map(int, _NUM_CTX.findall(str(shown.get("parameters"))))
    yield from (min(size, OLLAMA_TOKENS) for size in _sizes(shown.get("model_info")))


def _sizes(found: object) -> Iterator[int]:
    """Yield what has one of `_NAMES`, or ends in one as "llama.context_length" does."""
    if isinstance(found, list):
        for one in found:
            yield from _sizes(one)
    for name, value in found.items() if isinstance(found, dict) else ():
        if type(value) is int and name.rpartition(".")[2] in _NAMES:
            yield value
        else:
            yield from _sizes(value)


def _objects(rows: object) -> list[dict[str, Any]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
