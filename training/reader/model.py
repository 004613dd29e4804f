"""The network as it is trained: what is frozen, the loss, the optimiser, batches as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.nn.utils.rnn import pad_sequence

from rag.models.base.bert import load_bert
from rag.models.base.weights import MINILM
from rag.models.reader.inputs import Window
from rag.models.reader.model import ReaderModel
from training.reader.data import UNMARKED, WindowExample

FROZEN: Final = ("word_embeddings", "position_embeddings")
"""Half of the trunk's weights, and the half that a small adapter could not carry."""

HEAD_RATE: Final = 5.0
"""The heads start from noise and learn this many times faster than the trunk."""


class TrainedReader(ReaderModel):
    """The network over padded batches, as losses need them."""

    def forward(
        self, ids: Tensor, types: Tensor, mask: Tensor, passage: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return `heads` of a padded batch, each (batch, tokens); `mask` marks tokens."""
        lengths = mask.sum(1).tolist()
        states = self.trunk(self.trunk.words(ids[mask]), types[mask], lengths)  # (tokens, width)
        padded = pad_sequence(list(torch.split(states, lengths)), batch_first=True)
        return self.heads(padded, passage)


def new_model() -> TrainedReader:
    """Build a reader on the trunk; the words' and places' embeddings stay as they came."""
    model = TrainedReader(load_bert(MINILM.locate()))
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(part in name for part in FROZEN)
    return model


def new_optimizer(model: ReaderModel, *, rate: float) -> torch.optim.AdamW:
    """Return AdamW with the heads at a higher rate; each group keeps its base in `base`."""
    heads = [p for name, p in model.named_parameters() if not name.startswith("trunk.")]
    trunk = [p for p in model.trunk.parameters() if p.requires_grad]
    groups = [
        {"params": trunk, "lr": rate, "base": rate},
        {"params": heads, "lr": rate * HEAD_RATE, "base": rate * HEAD_RATE},
    ]
    return torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)


def tensors(windows: Sequence[Window]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Pad windows to the longest: ids, types, mask and passage, each (batch, tokens)."""
    width = max(len(window.ids) for window in windows)

    def padded(values: Sequence[Sequence[int]], fill: int) -> Tensor:
        return torch.tensor([[*row, *[fill] * (width - len(row))] for row in values])

    ids = padded([window.ids for window in windows], 0)
    types = padded([window.types for window in windows], 0)
    places = padded([window.places for window in windows], -1)
    return ids, types, ids != 0, places >= 0


def loss_of(model: nn.Module, batch: Sequence[WindowExample]) -> Tensor:
    """Return the mean over the batch of half the span's and half the answerability's loss.

    The span's is the cross-entropy over all spans and the null. An unmarked example adds nothing
    to it.
    """
    spans, answer = model(*tensors([example.window for example in batch]))
    places = torch.tensor([_place(example, spans.shape[-1]) for example in batch])
    labels = torch.tensor([float(example.answerable) for example in batch])
    span_loss = cross_entropy(spans.flatten(1), places, reduction="sum") / len(batch)
    return span_loss / 2 + binary_cross_entropy_with_logits(answer, labels) / 2


def _place(example: WindowExample, width: int) -> int:
    return UNMARKED if example.start == UNMARKED else example.start * width + example.end
