"""Models in the folder of fetched ones, as a download leaves them."""

from __future__ import annotations

from pathlib import Path

from rag.neural.model_store import Manifest, ModelStore, StoredFile, finish


def store_model(models: Path, name: str, made: Path) -> Path:
    """Move a model that was made into the folder, under a name of the table."""
    store = ModelStore(models)
    files = tuple(
        StoredFile(name=str(path.relative_to(made)), size_bytes=path.stat().st_size)
        for path in made.rglob("*")
        if path.is_file()
    )
    models.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(repository=f"maker/{name}", revision="1", files=files)
    finish(made, store.path(name), manifest)
    return store.path(name)
