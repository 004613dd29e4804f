"""The `openai` client for one server: where to ask, as whom, and what of us is told.

The library reads addresses, keys and names of organisations from the environment, and tells
servers of this machine's system: here only what `SENT` names goes out. Knows no prompt.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rag.models.endpoint.address import Address

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

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
    connect_s: float = CONNECT_SECONDS
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
            timeout=httpx2.Timeout(server.read_s, connect=server.connect_s),
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
