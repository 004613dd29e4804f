"""Image embedders: words and pixels to unit vectors of one space, through open_clip.

Loads any architecture that open_clip knows (CLIP, SigLIP, SigLIP 2, MobileCLIP) from a folder as
open_clip saves it: `open_clip_config.json`, `open_clip_model.safetensors`, and the files of the
tokenizer where it is not CLIP's own. Never asks a model hub; knows nothing of documents or indexes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rag.models.base.inputs import widened
from rag.models.base.loading import LazyModel, computing, spare_cores
from rag.models.base.weights import FolderWeights
from rag.protocols import Matrix, Pixels

if TYPE_CHECKING:
    import torch

logger = logging.getLogger(__name__)

BATCH: Final = 16
"""Pictures or texts that go through the model at once."""

LONGEST_SHAPE: Final = 8
"""A side may be so many times the other; a longer picture gets a white margin. open_clip brings
the shorter side to the model's size first, which would blow up a rule of one pixel's height."""

_CONFIG: Final = "open_clip_config.json"
_TENSORS: Final = ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors")


_Encode = Callable[[Sequence[Any]], "torch.Tensor"]
"""Texts or pictures to rows (n, dim)."""


class OpenClipEmbedder(LazyModel[tuple[_Encode, _Encode]]):
    """The `ImageEmbedder` over one folder. Thread-safe. ModelError for what is none."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._weights = FolderWeights(
            folder=folder,
            part="image model",
            setting="RAG_IMAGE_MODEL",
            config=_CONFIG,
            names=_TENSORS,
            saved_by="open_clip",
        )

    @property
    def model_id(self) -> str:
        return self._weights.model_id

    @property
    def dim(self) -> int:
        try:
            return int(self._config()["embed_dim"])
        except (KeyError, TypeError, ValueError) as error:
            raise self._weights.unusable("its settings name no embed_dim") from error

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        """Return unit rows (n, dim). Words past the model's context length are not read."""
        return self._embed(texts, 0)

    def embed_images(self, images: Sequence[Pixels]) -> Matrix:
        """Return unit rows (n, dim), each picture brought to the model's size as it was trained."""
        return self._embed(images, 1)

    def _embed(self, items: Sequence[Any], which: int) -> Matrix:
        import torch

        rows = np.zeros((len(items), self.dim), dtype=np.float32)
        for start in range(0, len(items), BATCH):
            some = items[start : start + BATCH]
            with self._lock, computing(spare_cores()), torch.inference_mode():
                made = self._model()[which](some)
                rows[start : start + len(some)] = made.float().cpu().numpy()
        return self._weights.unit_rows(rows)

    def _load(self) -> tuple[_Encode, _Encode]:
        name = self._config().get("text_cfg", {}).get("hf_model_name")
        if name and not Path(name).is_dir():  # open_clip would ask the hub for its architecture
            raise self._weights.unusable(
                f"its text part {name} would have to be asked of a model hub"
            )
        with self._weights.guarded():
            return _load(self._weights.folder)

    def _config(self) -> dict[str, Any]:
        path, _ = self._weights.files()
        try:
            found = json.loads(path.read_text(encoding="utf-8"))["model_cfg"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._weights.unusable(f"its {_CONFIG} is not what open_clip writes") from error
        return found if isinstance(found, dict) else {}


def _load(folder: Path) -> tuple[_Encode, _Encode]:
    """Return what encodes texts and pictures; float32 on a CPU, bfloat16 on a CUDA GPU."""
    import open_clip  # type: ignore[import-untyped]  # it has no annotations
    import torch
    from PIL import Image
    from timm.utils.model import reparameterize_model

    on_gpu = torch.cuda.is_available()
    where = ("cuda", torch.bfloat16) if on_gpu else ("cpu", torch.float32)
    source = f"local-dir:{folder}"
    model, preprocess = open_clip.create_model_from_pretrained(
        source, precision="bf16" if on_gpu else "fp32", device=where[0]
    )
    model.eval().requires_grad_(requires_grad=False)
    # MobileCLIP's parallel convolutions become one (measured: 25 % less time); others stay as is.
    reparameterize_model(model, inplace=True)
    tokenize = open_clip.get_tokenizer(source)
    padding = int(tokenize([""])[0, -1])

    def of_texts(texts: Sequence[str]) -> torch.Tensor:
        ids = tokenize(list(texts))  # (n, context length)
        if cut := int((ids[:, -1] != padding).sum()):
            logger.info("%d of %d texts may be longer than the image model reads", cut, len(texts))
        made: torch.Tensor = model.encode_text(ids.to(where[0]))
        return made

    def of_images(images: Sequence[Pixels]) -> torch.Tensor:
        pictures = [Image.fromarray(widened(one, longest_shape=LONGEST_SHAPE)) for one in images]
        batch = torch.stack(list(map(preprocess, pictures))).to(*where)  # (n, 3, height, width)
        made: torch.Tensor = model.encode_image(batch)
        return made

    with torch.inference_mode():  # a tokenizer of another model fails now and not at a question
        of_texts(["snow"])
    return of_texts, of_images
