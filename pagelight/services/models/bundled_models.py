"""The models that come with the set-up, as data: what each is for, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.models.setup.bundled import BUNDLED, BundledModel
from rag.models.setup.state import cache_of, state_of


def bundled_rows(environ: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row for each. The shape is public."""
    return [_row(model, environ) for model in BUNDLED]


def _row(model: BundledModel, environ: Mapping[str, str]) -> dict[str, Any]:
    state = state_of(model, environ)
    return {
        "name": model.name,
        "purpose": model.purpose,
        "licence": model.licence,
        "source": model.source,
        "download_gb": round(model.size_bytes / 1e9, 1),
        "disk_gb": round(model.built_bytes / 1e9, 1),
        "folder": str(cache_of(model, environ).folder),
        "state": state.stage,
        "share": round(state.share, 2),
        "problem": state.problem,
        "hint": state.hint,
    }
