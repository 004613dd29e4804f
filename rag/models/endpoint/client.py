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
_HINT: Final = "Say an address such as http://127.0.0.1:8000/v1."


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
        raise SettingsError(f"{setting} is {text!r}, which is no address.", hint=_HINT)
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
    """Return what tells a server who asks."""
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
    """Return what a server sends; one that sends a line without an end is left."""
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

_NAMES: Final = (
    "max_model_len",  # vLLM
    "context_length",  # OpenRouter, Together
    "max_context_length",  # Mistral, LM Studio
    "context_window",  # Groq
    "n_ctx",  # llama.cpp
)

Json = Any
Read = Callable[..., Json]
"""Returns what a server says at a path; asked by POST where there is a body, as keywords."""


def context_tokens(server: Server, model: str) -> int | None:
    """Return how many tokens `model` reads, answer included; None where the server tells nothing.

    Only a server on this machine or in the person's own network is asked beside its models. Raises
    ConnectionError where there is none.
    """
    import httpx2

    places = (_with_models,) if server.address.far else (_with_models, _in_props, _by_ollama)
    base = server.address.url.removesuffix("v1/")

    def read(path: str, **body: str) -> Json:
        """An object; {} where the answer is none."""
        url = server.address.url + path if path == "models" else base + path
        answer = client.request("POST" if body else "GET", url, json=body or None)
        try:
            found = answer.json() if answer.is_success else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    trust_env, headers = server.address.far, headers_of(server)
    try:
        with httpx2.Client(headers=headers, timeout=SECONDS, trust_env=trust_env) as client:
            found = (size for ask in places for size in ask(read, model))
            return next((size for size in found if type(size) is int and size > 0), None)
    except httpx2.HTTPError as error:
        raise ConnectionError(str(error)) from error


def _with_models(read: Read, model: str) -> Iterator[object]:
    rows = _objects(read("models").get("data"))
    for row in rows:
        if row.get("id") == model or len(rows) == 1:
            meta = row.get("meta")
            yield from (row.get(name) for name in _NAMES)
            yield meta.get("n_ctx") if isinstance(meta, dict) else None


def _in_props(read: Read, model: str) -> Iterator[object]:
    del model  # this server has one
    running = read("props").get("default_generation_settings")
    yield running.get("n_ctx") if isinstance(running, dict) else None


def _by_ollama(read: Read, model: str) -> Iterator[object]:
    for row in _objects(read("api/ps").get("models")):
        if model in (row.get("name"), row.get("model"), str(row.get("name")).split(":")[0]):
            yield row.get("context_length")
    shown = read("api/show", model=model)
    found = re.search(r"^num_ctx\s+(\d{1,9})$", str(shown.get("parameters")), re.MULTILINE)
    yield int(found[1]) if found else None
    known = shown.get("model_info")
    for name, value in known.items() if isinstance(known, dict) else ():
        if name.endswith(".context_length") and isinstance(value, int):
            yield min(value, OLLAMA_TOKENS)


def _objects(rows: object) -> list[dict[str, Json]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
