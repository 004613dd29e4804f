"""A folder of transformers weights to a model in memory, and messages and pictures to its tensors.

Any chat model, with eyes or without, by one path for all families: the folder's own settings name
the classes, its own template writes the turns. Programs of a folder are never run, pickles never
read, a hub never asked. Knows no prompt and no answer.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rag.errors import ModelError
from rag.models.base.weights import FolderWeights
from rag.models.prompting import Message, as_text, merged, with_pictures

if TYPE_CHECKING:
    import torch

    from rag.protocols import Pixels

logger = logging.getLogger(__name__)

MEMORY_SHARE: Final = 0.6
"""How much of the free memory a prompt may take; the rest is for pictures on their way in."""

DEFAULT_WINDOW: Final = 4096
"""Tokens of a model whose settings do not tell."""

PATCH_PX: Final = 28
"""Side of what one token shows where a processor can't tell (Qwen2-VL; others show more)."""

_EYES: Final = ("processor_config.json", "preprocessor_config.json")
_LOCAL: Final[dict[str, Any]] = {"local_files_only": True, "trust_remote_code": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTokenizer:
    """What makes tokens of words and pictures.

    `processor` is None where the model has no eyes. `signs` are what it takes for signs of its own.
    `thinks` is true where the template can be told not to think aloud.
    """

    config: Any
    tokenizer: Any
    processor: Any
    window_tokens: int
    signs: tuple[str, ...]
    thinks: bool

    def templated(self, messages: Sequence[Message], shown: Mapping[int, Pixels]) -> Any:  # noqa: ANN401 - a library's dictionary of tensors
        """Return messages as tokens, the turn of the model begun, with the pictures `shown`."""
        from jinja2 import TemplateError
        from PIL import Image

        pictures = {
            place: {"type": "image", "image": Image.fromarray(pixels)}
            for place, pixels in shown.items()
        }
        chat = [
            with_pictures(message, pictures) if self.processor else as_text(message)
            for message in messages
        ]
        options = {"add_generation_prompt": True, "tokenize": True, "return_dict": True}
        if self.thinks:
            options["enable_thinking"] = False  # an answer is awaited, and its words are few
        written = (self.processor or self.tokenizer).apply_chat_template
        try:
            return written(chat, return_tensors="pt", **options)
        except TemplateError:  # some families know no system: Gemma 2, Mistral 7B
            return written(merged(chat), return_tensors="pt", **options)

    def picture_tokens(self, height: int, width: int) -> int:
        """Return how many tokens a picture of that size, in pixels, takes."""
        count: Any = getattr(self.processor, "_get_num_multimodal_tokens", None)
        if count is None:
            return -(-height // PATCH_PX) * -(-width // PATCH_PX)
        return int(count(image_sizes=[(height, width)]).num_image_tokens[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The network, where it is, and how many tokens its memory holds."""

    model: Any
    device: torch.device
    room_tokens: int

    def tensors_of(self, made: Any) -> dict[str, Any]:  # noqa: ANN401 - of `templated`
        """Return what the model takes, on its device; pixels in its own kind of float."""
        return {
            name: value.to(self.model.dtype) if value.is_floating_point() else value
            for name, value in made.to(self.device).items()
            if hasattr(value, "is_floating_point")
        }


class VlmFolder:
    """One folder. `read` takes about a second, `load` as long as the disk needs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._weights = FolderWeights(folder=folder, part="model", setting="RAG_GENERATOR")

    def model_id(self) -> str:
        """Return the folder's name, with a hash of its settings and of its files' sizes."""
        config, _ = self._weights.files()
        sizes = sorted((p.name, p.stat().st_size) for p in self.folder.glob("*.safetensors"))
        digest = hashlib.sha256(config.read_bytes() + json.dumps(sizes).encode()).hexdigest()
        return f"{self.folder.resolve().name}@{digest[:8]}"

    def read(self) -> PromptTokenizer:
        """Return what makes tokens; raise ModelError where the folder is no chat model's."""
        self._weights.files()
        with self._weights.guarded():
            return self._read()

    def load(self, reading: PromptTokenizer) -> Loaded:
        """Return the model, in bfloat16 where that is fast. ModelError where it can't fit."""
        import torch
        import transformers

        transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it has no annotations
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        dtype = torch.bfloat16 if _fast_bfloat16(device) else torch.float32
        self._check_memory(reading.config, dtype, device)
        kind = "ImageTextToText" if reading.processor else "CausalLM"
        options = _LOCAL | {"dtype": dtype, "device_map": {"": device}, "use_safetensors": True}
        with self._weights.guarded():
            model = _auto(kind).from_pretrained(self.folder, **options)
        model.eval().requires_grad_(requires_grad=False)
        logger.info("loaded %s on %s in %s", self.folder.name, device, dtype)
        free = int(free_bytes(device) * MEMORY_SHARE)
        room = free // token_bytes(reading.config, dtype.itemsize)
        return Loaded(model=model, device=device, room_tokens=room)

    def _read(self) -> PromptTokenizer:
        from transformers import AutoConfig, AutoProcessor, AutoTokenizer

        config = AutoConfig.from_pretrained(self.folder, **_LOCAL)
        processor = None
        has_eyes = any((self.folder / name).is_file() for name in _EYES)
        if has_eyes and _is_one_for("ImageTextToText", config):
            processor = AutoProcessor.from_pretrained(self.folder, **_LOCAL)  # type: ignore[no-untyped-call]  # it has no annotations
        elif not _is_one_for("CausalLM", config):
            raise self._weights.unusable(f"{config.model_type} is no model that writes")
        tokenizer = processor.tokenizer if processor else AutoTokenizer.from_pretrained(
            self.folder, **_LOCAL
        )  # fmt: skip
        template = getattr(processor, "chat_template", None) or tokenizer.chat_template
        if not template:
            raise self._weights.unusable("it has no chat template, so it is no model that answers")
        text = config.get_text_config()
        return PromptTokenizer(
            config=config,
            tokenizer=tokenizer,
            processor=processor,
            window_tokens=getattr(text, "max_position_embeddings", None) or DEFAULT_WINDOW,
            signs=_signs(tokenizer, processor),
            thinks="enable_thinking" in str(template),
        )

    def _check_memory(self, config: Any, dtype: torch.dtype, device: torch.device) -> None:  # noqa: ANN401 - a class for each family
        stored: int = getattr(config.dtype, "itemsize", None) or dtype.itemsize
        size = sum(path.stat().st_size for path in self.folder.glob("*.safetensors"))
        needed, free = size * dtype.itemsize // stored, free_bytes(device)
        if needed > free:
            raise ModelError(
                f"The model in {self.folder} needs {needed / 1e9:.1f} GB of memory,"
                f" and {free / 1e9:.1f} GB are free.",
                hint="Close other programs, or take a smaller model.",
            )


def free_bytes(device: torch.device) -> int:
    if device.type == "cuda":
        import torch

        return int(torch.cuda.mem_get_info(device)[0])
    import psutil

    return int(psutil.virtual_memory().available)


def token_bytes(config: Any, itemsize: int) -> int:  # noqa: ANN401 - a class for each family
    """Return what a token of a prompt takes: keys and values, and the widest layer."""
    text = config.get_text_config()
    heads = text.num_attention_heads
    width = text.hidden_size
    head_dim = getattr(text, "head_dim", None) or width // heads
    pairs = text.num_hidden_layers * (getattr(text, "num_key_value_heads", None) or heads)
    inner = getattr(text, "intermediate_size", None) or 4 * width
    # Keys and values twice: a cache that grows is copied.
    return int(itemsize * (2 * 2 * pairs * head_dim + 4 * width + 3 * inner))


def _fast_bfloat16(device: torch.device) -> bool:
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())  # noqa: SLF001 - torch has no public word for it


def _auto(kind: str) -> Any:  # noqa: ANN401 - a class for each kind
    import transformers

    return getattr(transformers, f"AutoModelFor{kind}")


def _is_one_for(kind: str, config: Any) -> bool:  # noqa: ANN401 - a class for each family
    return type(config) in _auto(kind)._model_mapping  # noqa: SLF001 - transformers has no public word for it


def _signs(tokenizer: Any, processor: Any) -> tuple[str, ...]:  # noqa: ANN401 - a class for each family
    """Return what the model takes for signs of its own, longest first."""
    added = {token.content for token in tokenizer.added_tokens_decoder.values() if token.special}
    added |= set(tokenizer.all_special_tokens)
    own = (getattr(processor, name, None) for name in ("image_token", "boi_token", "video_token"))
    added |= {sign for sign in own if isinstance(sign, str)}
    return tuple(sorted((sign for sign in added if len(sign) > 1), key=lambda s: (-len(s), s)))
