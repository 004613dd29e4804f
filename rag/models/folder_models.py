"""Models in a person's folders: embedders of texts and of pictures, and a cross-encoder of hits.

Texts and hits by what sentence-transformers saved: any architecture, any length; queries and
documents are embedded each in the way that the folder's own settings say (prompts, prefixes).
Pictures by any architecture that open_clip knows (CLIP, SigLIP, SigLIP 2, MobileCLIP), as open_clip
saves it: `open_clip_config.json`, `open_clip_model.safetensors`, and the files of the tokenizer
where it is not CLIP's own. Programs of a folder are never run, a hub never asked.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from rag.datamodel import Hit, Query
from rag.errors import failure_message
from rag.models.base.computing import LazyModel, computing, spare_cores, widened
from rag.models.base.weights import FolderWeights
from rag.protocols import Matrix, Pixels, Reranker
from rag.retrieval.fusion import renumber

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)

MAX_TOKENS: Final = 512
"""Of a text, or of question and passage together: chunks are cut for a model of 256 tokens, and all
models of the table read as many; more would cost time and memory."""

BATCH: Final = 8

M = TypeVar("M", bound="torch.nn.Module")


def _load(
    make: Callable[..., M], weights: FolderWeights, *, dtype: torch.dtype, **options: object
) -> M:
    """Return a model, gradients off. Raises ModelError where the folder holds no such model."""
    import torch
    import transformers

    weights.files()
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it has no annotations
    with weights.guarded():
        model = make(
            str(weights.folder),
            device="cuda" if torch.cuda.is_available() else "cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": dtype, "use_safetensors": True},
            **options,
        )
    model.eval().requires_grad_(requires_grad=False)
    return model


class FolderEmbedder(LazyModel["SentenceTransformer"]):
    """The `Embedder` over one folder. Thread-safe. Raises ModelError where it is none of one."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._weights = FolderWeights(
            folder=folder,
            part="text model",
            setting="RAG_TEXT_MODEL",
            config="modules.json",
            saved_by="sentence-transformers",
        )

    @property
    def model_id(self) -> str:
        return self._weights.model_id

    @property
    def dim(self) -> int:
        return int(self._model().get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        return int(self._model().max_seq_length or MAX_TOKENS)

    def count_tokens(self, text: str) -> int:
        # Embedding sets how the tokenizer cuts: it would count less amid that.
        with self._lock:
            return len(self._model().tokenizer(text)["input_ids"])

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self._embed(texts, self._model().encode_query)

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        return self._embed(texts, self._model().encode_document)

    def _embed(self, texts: Sequence[str], encode: Callable[..., Any]) -> Matrix:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        with self._lock, computing(spare_cores()):
            rows = encode(list(texts), batch_size=BATCH, show_progress_bar=False)
        return self._weights.unit_rows(np.asarray(rows, dtype=np.float32))

    def _load(self) -> SentenceTransformer:
        import torch
        from sentence_transformers import SentenceTransformer

        model = _load(SentenceTransformer, self._weights, dtype=torch.bfloat16)
        model.max_seq_length = min(int(model.max_seq_length or MAX_TOKENS), MAX_TOKENS)
        return model


READ_HITS: Final = 20
"""How many hits are read with the question; the others follow them as they were."""

Judge = Callable[[str, Sequence[Hit]], list[float]]
"""A loaded model: the chance, by it, that each hit answers the question, in 0..1."""


def load_judge(folder: Path) -> Judge:
    """Load a cross-encoder. Raises ModelError where the folder holds none of one score."""
    import torch
    from sentence_transformers import CrossEncoder

    weights = FolderWeights(folder=folder, part="reranker", setting="RAG_RERANKER")
    dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    model = _load(CrossEncoder, weights, dtype=dtype, max_length=MAX_TOKENS)
    if model.num_labels != 1:
        raise weights.unusable(f"it gives {model.num_labels} scores for a passage, not one")

    def scores(question: str, hits: Sequence[Hit]) -> list[float]:
        pairs: Any = [(question, hit.chunk.embedding_text) for hit in hits]
        sigmoid = torch.nn.Sigmoid()  # a single logit is the chance's log-odds
        with computing(spare_cores()):
            found = model.predict(
                pairs, batch_size=BATCH, show_progress_bar=False, activation_fn=sigmoid
            )
        return [float(score) for score in found]

    return scores


class ModelReranker(LazyModel[Judge]):
    """Reorders what `before` has ranked. Implements `rag.protocols.Reranker`. Thread-safe.

    `load` makes what judges hits; it is asked from one thread at a time. `problem` says why it does
    not rank, as a sentence; "" where it does, or is not loaded yet.
    """

    def __init__(
        self, folder: Path, before: Reranker, load: Callable[[Path], Judge] = load_judge
    ) -> None:
        super().__init__()
        self.model_id = folder.name
        self.problem = ""
        self._folder = folder
        self._before = before
        self._make = load

    def load(self) -> None:
        """Load the model now. Raises ModelError."""
        self._model()

    def warm(self) -> None:
        """Load the model now, or try once; where that fails, `problem` says why."""
        if self.problem:
            return
        try:
            self.load()
        except Exception as error:  # noqa: BLE001 - our own ranker stands in, and it is told
            self.problem = self._sentence(error)

    def _load(self) -> Judge:
        return self._make(self._folder)

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """Order the first hits by their chance; they stay where that fails: see `problem`."""
        ranked = self._before.rerank(query, hits)
        judge = self._loaded
        if judge is None or not query.text.strip() or not ranked:
            return ranked
        first, rest = ranked[:READ_HITS], ranked[READ_HITS:]
        try:
            with self._lock:
                scores = judge(query.spoken, first)
            judged = [replace(h, score=score) for h, score in zip(first, scores, strict=True)]
        except Exception as error:  # noqa: BLE001 - as in `warm`
            self.problem = self._sentence(error)
            return ranked
        self.problem = ""
        ordered = sorted(judged, key=lambda hit: (-hit.score, hit.rank))
        floor = ordered[-1].score
        rest = [replace(hit, score=min(floor, hit.score)) for hit in rest]
        return renumber([*ordered, *rest])

    def _sentence(self, error: Exception) -> str:
        return f"{failure_message(error, of=self.model_id)} Our own ranker orders what was found."


PICTURE_BATCH: Final = 16
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
        for start in range(0, len(items), PICTURE_BATCH):
            some = items[start : start + PICTURE_BATCH]
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
            return _load_clip(self._weights.folder)

    def _config(self) -> dict[str, Any]:
        path, _ = self._weights.files()
        try:
            found = json.loads(path.read_text(encoding="utf-8"))["model_cfg"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._weights.unusable(f"its {_CONFIG} is not what open_clip writes") from error
        return found if isinstance(found, dict) else {}


def _load_clip(folder: Path) -> tuple[_Encode, _Encode]:
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
