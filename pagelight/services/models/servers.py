"""How a server of one's own runs a quantised (GGUF) model: the one command that starts it.

By llama.cpp's server or Ollama, each told how much context it needs. Starts nothing; none of these
commands was run here.
"""

from __future__ import annotations

import math
from typing import Any, Final

from rag.models.registry.machine import Machine
from rag.models.registry.model_table import HubModel, models_of
from rag.settings import Settings

AROUND: Final = 2000
"""Tokens of instructions, question and what was said before. An estimate."""

BLOCK: Final = 4096
"""Contexts are told in whole multiples of it."""


def serving(settings: Settings, machine: Machine) -> list[dict[str, Any]]:
    """Return the servers that can run what writes of this machine's set; none where no set fits.

    `start` is the command, `once` what fetches the weights before where that is another, `settings`
    what Pagelight then needs. The shape is public.
    """
    fitting = machine.fitting(machine.device)
    models = models_of(fitting) if fitting else ()
    tokens = context_tokens(settings)
    return [
        way
        for model in models
        for way in (_llama_cpp(model, tokens), _ollama(model, tokens))
        if way is not None
    ]


def context_tokens(settings: Settings) -> int:
    """Return how much a server must read: sources, pictures, the answer, and what stands around."""
    needed = settings.context_tokens + settings.picture_tokens + settings.answer_tokens + AROUND
    return math.ceil(needed / BLOCK) * BLOCK


def _llama_cpp(model: HubModel, tokens: int) -> dict[str, Any] | None:
    if not model.gguf:
        return None
    return {
        "server": "llama.cpp",
        "once": "",
        "start": f"llama-server -hf {model.gguf} -c {tokens} --port 8080",
        "settings": {"RAG_GENERATOR": "http://127.0.0.1:8080/v1"},
    }


def _ollama(model: HubModel, tokens: int) -> dict[str, Any] | None:
    if not model.ollama:
        return None
    return {
        "server": "Ollama",
        "once": f"ollama pull {model.ollama}",
        "start": f"OLLAMA_CONTEXT_LENGTH={tokens} ollama serve",
        "settings": {
            "RAG_GENERATOR": "http://127.0.0.1:11434/v1",
            "RAG_GENERATOR_MODEL": model.ollama,
        },
    }
