"""Models that load when first needed, and those of sentence-transformers out of a folder."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from rag.models.base.weights import FolderWeights

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

T = TypeVar("T")
M = TypeVar("M", bound="torch.nn.Module")


class LazyModel(ABC, Generic[T]):
    """Any thread may call; `_lock` may be taken again by the thread that holds it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._loaded: T | None = None

    @property
    def ready(self) -> bool:
        """Whether it is used without a wait."""
        return self._loaded is not None

    def warm(self) -> None:
        """Load the model now."""
        self._model()

    def close(self) -> None:
        """Give the memory back. The next use loads again."""
        with self._lock:
            was_loaded, self._loaded = self._loaded is not None, None
        if was_loaded:
            gc.collect()
            torch = sys.modules.get("torch")  # of what does not need it, none is imported
            if torch is not None and torch.cuda.is_initialized():
                torch.cuda.empty_cache()

    def _model(self) -> T:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    @abstractmethod
    def _load(self) -> T: ...


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a `tokenizer.json`, without the truncation and padding that it may ask for."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def load_sentence_model(
    make: Callable[..., M], weights: FolderWeights, *, dtype: torch.dtype, **options: object
) -> M:
    """Return a model on a GPU or else the processor, gradients off; no program of it is run.

    Raises ModelError where the folder or a file of it is missing, damaged, or of another kind.
    """
    import torch
    import transformers

    start = time.perf_counter()
    weights.files()
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it has no annotations
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with weights.guarded():
        model = make(
            str(weights.folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": dtype, "use_safetensors": True},
            **options,
        )
    model.eval().requires_grad_(requires_grad=False)
    seconds = time.perf_counter() - start
    logger.info("loaded %s on %s in %.1f s", weights.folder.name, device, seconds)
    return model
