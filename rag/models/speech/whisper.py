"""A folder of a Whisper-like model, as transformers saves it: sound to words with times.

Programs of a folder are never run, pickles never read, a hub never asked. Radford et al.,
arXiv:2212.04356: sound is heard in windows of 30 seconds, and signs of time stand between words.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rag.errors import ModelError
from rag.models.base.device import computing, spare_cores
from rag.models.base.weights import reason_of
from rag.protocols import SOUND_HZ, Heard, Samples, Segment

if TYPE_CHECKING:
    import torch

MAX_TOKENS: Final = 224
"""Half of what the decoder holds: as Whisper was trained, the other half is for what was before."""

_LOCAL: Final[dict[str, Any]] = {"local_files_only": True, "trust_remote_code": False}
_HINT: Final = "Set RAG_TRANSCRIBER to file: and a folder that transformers saved, or to nothing."


class WhisperTranscriber:
    """The `Transcriber` of a folder. Loads when first asked."""

    window_s = 30.0

    def __init__(self, folder: Path) -> None:
        self.model_id = folder.name
        self._folder = folder
        self._language = ""

    def hear(self, samples: Samples) -> Heard:
        """Return what is said; raises ModelError where the model can't be used."""
        import torch

        processor, model = self._loaded
        made = processor(samples, sampling_rate=SOUND_HZ, return_tensors="pt").input_features
        features = made.to(model.device, model.dtype)  # (1, mel bins, frames of 30 s)
        with computing(spare_cores()), torch.inference_mode():
            heard = model.generate(
                features,
                return_timestamps=True,
                return_segments=True,
                max_new_tokens=MAX_TOKENS,
                do_sample=False,
            )
            self._detect_language(processor, model, features)
        length_s = len(samples) / SOUND_HZ
        parts = (_segment(processor.tokenizer, each, length_s) for each in heard["segments"][0])
        segments = tuple(part for part in parts if part.text and part.start_s < length_s)
        return Heard(segments=segments, language=self._language)

    def _detect_language(self, processor: Any, model: Any, features: torch.Tensor) -> None:  # noqa: ANN401 - transformers has no types
        """Ask once which language it is: that costs as much as half of the hearing."""
        if self._language or not getattr(model.generation_config, "is_multilingual", False):
            return
        sign = processor.tokenizer.convert_ids_to_tokens(model.detect_language(features).tolist())
        self._language = sign[0].strip("<|>")

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        import torch
        from transformers import AutoModelForSpeechSeq2Seq, AutoProcessor

        if not self._folder.is_dir():
            raise ModelError(f"There is no folder {self._folder}.", hint=_HINT)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        dtype = torch.bfloat16 if device == "cuda" else torch.float32
        try:
            processor = AutoProcessor.from_pretrained(self._folder, **_LOCAL)  # type: ignore[no-untyped-call]  # as transformers has it
            model = AutoModelForSpeechSeq2Seq.from_pretrained(
                self._folder, dtype=dtype, use_safetensors=True, **_LOCAL
            )
        except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
            raise ModelError(
                f"The model that hears, {self._folder}, can't be loaded ({reason_of(error)}).",
                hint=_HINT,
            ) from error
        model.generation_config.max_length = None  # `MAX_TOKENS` says it
        return processor, model.eval().to(device)


def _segment(tokenizer: Any, part: Mapping[str, Any], length_s: float) -> Segment:  # noqa: ANN401 - as above
    """Return a segment within the sound, without the signs of time around its words."""
    first_time = tokenizer.convert_tokens_to_ids("<|notimestamps|>") + 1
    signs = set(tokenizer.all_special_ids)
    words = [token for token in part["tokens"].tolist() if token < first_time]
    text = tokenizer.decode([token for token in words if token not in signs])
    start_s = min(max(0.0, float(part["start"])), length_s)
    end_s = min(max(start_s, float(part["end"])), length_s)
    return Segment(text=" ".join(text.split()), start_s=start_s, end_s=end_s)
