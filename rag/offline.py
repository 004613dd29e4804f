"""Libraries kept offline and quiet: what the process says to them before they are imported."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final

_WORDS: Final = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""After each event Gradio made a table, by pandas, of up to 10,000 events before it, for a page of
figures that we do not show."""


def keep_offline(environment: MutableMapping[str, str]) -> None:
    """Set what keeps libraries from asking anyone; what is set already stays."""
    for name, value in _WORDS.items():
        environment.setdefault(name, value)
