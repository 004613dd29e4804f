"""How much a server reads at once, as it tells itself. Knows where servers say it; no question.

vLLM, LM Studio and hosts say it with their models, llama.cpp's server in `/props`, Ollama in
`/api/ps` of a model that runs and in `/api/show` of any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from rag.models.endpoint.client import Server, headers_of

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
