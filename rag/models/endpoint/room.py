"""How much a server reads at once, as it tells itself. Knows where servers say it; no question.

vLLM, LM Studio and hosts say it with their models, llama.cpp's server in `/props`, Ollama in
`/api/ps` of a model that runs and in `/api/show` of any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from rag.models.endpoint.address import Address

if TYPE_CHECKING:
    import httpx

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


def told_tokens(client: httpx.Client, address: Address, model: str) -> int | None:
    """Return how many tokens `model` reads, answer included; None where the server tells nothing.

    Only a server on this machine or in the person's own network is asked beside its models. Raises
    httpx.TransportError where there is none.
    """
    places = (_with_models,) if address.far else (_with_models, _in_props, _by_ollama)
    for ask in places:
        for found in ask(_Server(client, address), model):
            if type(found) is int and found > 0:
                return found
    return None


class _Server:
    """Returns what a server says at a path, {} where that is no JSON object."""

    def __init__(self, client: httpx.Client, address: Address) -> None:
        self._client = client
        self._beside = address.url.removesuffix("v1/")

    def models(self) -> Json:
        return self._read(lambda: self._client.get("models", timeout=SECONDS))

    def beside(self, path: str, **body: str) -> Json:
        """Ask beside the chat's own `/v1`; with a body by POST."""
        method, url = "POST" if body else "GET", f"{self._beside}{path}"
        return self._read(
            lambda: self._client.request(method, url, json=body or None, timeout=SECONDS)
        )

    def _read(self, send: Callable[[], httpx.Response]) -> Json:
        response = send()
        try:
            found = response.json() if response.is_success else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def _with_models(server: _Server, model: str) -> Iterator[object]:
    rows = _objects(server.models().get("data"))
    for row in rows:
        if row.get("id") == model or len(rows) == 1:
            meta = row.get("meta")
            yield from (row.get(name) for name in _NAMES)
            yield meta.get("n_ctx") if isinstance(meta, dict) else None


def _in_props(server: _Server, model: str) -> Iterator[object]:
    del model  # this server has one
    running = server.beside("props").get("default_generation_settings")
    yield running.get("n_ctx") if isinstance(running, dict) else None


def _by_ollama(server: _Server, model: str) -> Iterator[object]:
    for row in _objects(server.beside("api/ps").get("models")):
        if model in (row.get("name"), row.get("model"), str(row.get("name")).split(":")[0]):
            yield row.get("context_length")
    shown = server.beside("api/show", model=model)
    told = re.search(r"^num_ctx\s+(\d{1,9})$", str(shown.get("parameters")), re.MULTILINE)
    yield int(told[1]) if told else None
    known = shown.get("model_info")
    for name, value in known.items() if isinstance(known, dict) else ():
        if name.endswith(".context_length") and isinstance(value, int):
            yield min(value, OLLAMA_TOKENS)


def _objects(rows: object) -> list[dict[str, Json]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
