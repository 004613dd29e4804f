"""A vision-language model that says of each hit, shown its picture, whether it answers.

The score is the chance of "yes" against "no" as the first word of its answer, in the manner of
Nogueira et al., Document Ranking with a Pretrained Sequence-to-Sequence Model, Findings of EMNLP
2020; the wording is that of Qwen3-Reranker and Qwen3-VL-Reranker (Apache-2.0), and any chat model
can be asked so. Knows a folder of weights; knows nothing of retrieval.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rag.datamodel import Chunk, Hit
from rag.errors import ModelError
from rag.models.base.threads import computing, spare_cores
from rag.models.llm.folder import Loaded, PromptTokenizer, VlmFolder
from rag.models.llm.inputs import picture_tokens, templated, tensors_of
from rag.models.prompting.chat_messages import Message, defused
from rag.models.prompting.prompt_pictures import LoadPicture, WeighedPicture, shown_pictures

if TYPE_CHECKING:
    from rag.protocols import Pixels

logger = logging.getLogger(__name__)

SYSTEM: Final = (
    "Judge whether the Document meets the requirements based on the Query and the Instruct"
    ' provided. Note that the answer can only be "yes" or "no".'
)
INSTRUCT: Final = "Given a question, tell whether the document holds its answer."
YES, NO = "yes", "no"
PICTURE_TOKENS: Final = 512
"""At most so many for the picture of one hit: 20 hits are judged for one question."""

WORDS_PER_PASSAGE: Final = 400
_PLACE: Final = 0


class VlmJudge:
    """Scores passages one by one. Not for two threads at once."""

    def __init__(self, folder: Path, load_picture: LoadPicture) -> None:
        """Load the model. Raises ModelError where the folder holds none, or it does not fit."""
        weights = VlmFolder(folder)
        self._load_picture = load_picture
        self._reading: PromptTokenizer = weights.read()
        self._yes, self._no = (_first_token(self._reading, word) for word in (YES, NO))
        if self._yes == self._no:
            raise ModelError(
                f"The model in {folder} can't rerank: its yes and no are one token.",
                hint="Set RAG_RERANKER to file: and another folder, or to nothing.",
            )
        self._loaded: Loaded = weights.load(self._reading)
        forward = inspect.signature(self._loaded.model.forward).parameters
        self._last_only = {"logits_to_keep": 1} if "logits_to_keep" in forward else {}

    def scores(self, question: str, hits: Sequence[Hit]) -> list[float]:
        """Return the chance of a yes for each hit, in 0..1."""
        return [self._score(question, hit.chunk) for hit in hits]

    def _score(self, question: str, chunk: Chunk) -> float:
        import torch

        shown = self._shown(chunk)
        messages = self._messages(question, chunk, pictured=bool(shown))
        inputs = tensors_of(templated(self._reading, messages, shown), self._loaded)
        with computing(spare_cores()), torch.inference_mode():
            logits = self._loaded.model(**inputs, **self._last_only).logits[0, -1].float()
        return float(torch.sigmoid(logits[self._yes] - logits[self._no]))

    def _shown(self, chunk: Chunk) -> dict[int, Pixels]:
        if chunk.image is None or self._reading.processor is None:
            return {}
        room = min(PICTURE_TOKENS, self._reading.window_tokens // 2)
        wanted = [WeighedPicture(place=_PLACE, picture=chunk.image, weight=1.0)]
        return shown_pictures(wanted, self._load, self._tokens, room_tokens=room)

    def _load(self, picture: Any) -> Pixels:  # noqa: ANN401 - only stored ones are wanted here
        return self._load_picture(picture)

    def _tokens(self, height: int, width: int) -> int:
        return picture_tokens(self._reading, height, width)

    def _messages(self, question: str, chunk: Chunk, *, pictured: bool) -> list[Message]:
        """Return the turns; what a model takes for a sign of its own is broken up in the texts."""
        signs = self._reading.signs
        passage = " ".join(chunk.embedding_text.split(" ")[:WORDS_PER_PASSAGE])
        asked = f"<Instruct>: {INSTRUCT}\n<Query>: {defused(question, signs)}\n<Document>: "
        content: list[dict[str, Any]] = [{"type": "text", "text": asked}]
        if pictured:
            content.append({"type": "image", "place": _PLACE})
        content.append({"type": "text", "text": defused(passage, signs)})
        return [
            {"role": "system", "content": [{"type": "text", "text": SYSTEM}]},
            {"role": "user", "content": content},
        ]


def _first_token(reading: PromptTokenizer, word: str) -> int:
    """Return the token that a word begins with; a model that judges has one for all of it."""
    return int(reading.tokenizer(word, add_special_tokens=False)["input_ids"][0])
