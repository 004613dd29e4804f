"""The network as it is trained: what is frozen, the loss, the optimiser, batches as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import AutoModel

from rag.models.base.weights import MINILM
from rag.models.reader.model import JOINT_WIDTH, adapted
from rag.models.reader.reader import Window
from training.reader.data import UNMARKED, WindowExample

FROZEN: Final = ("word_embeddings", "position_embeddings")
"""Half of the trunk's weights, and the half that a small adapter could not carry."""

HEAD_RATE: Final = 5.0
"""The heads start from noise and learn this many times faster than the trunk."""


UNREACHABLE: Final = -1e4
"""A logit that softmax sends to zero; finite in every float type."""


class TrainedReader(nn.Module):
    """The network of `rag.models.reader.model` over padded batches, in torch, by the same names."""

    def __init__(self, trunk: Any) -> None:  # noqa: ANN401 - transformers'
        super().__init__()
        width = trunk.config.hidden_size
        self.trunk = trunk
        self.span = nn.Linear(width, 2)
        self.start = nn.Linear(width, JOINT_WIDTH, bias=False)
        self.end = nn.Linear(width, JOINT_WIDTH, bias=False)
        self.answer = nn.Linear(width, 1)
        nn.init.zeros_(self.end.weight)  # at first a start and an end are independent

    def forward(
        self, ids: Tensor, types: Tensor, mask: Tensor, passage: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return logits of a batch, each input (batch, tokens); `mask` marks tokens.

        Of spans (batch, tokens, tokens), by first and last token, UNREACHABLE outside of `passage`
        and (0, 0) and where the last comes first; of answerability (batch,). In float32.
        """
        found = self.trunk(input_ids=ids, token_type_ids=types, attention_mask=mask)
        # The heads stay in float32: in bfloat16 near scores would tie.
        states = found.last_hidden_state.to(self.span.weight.dtype)
        first, last = self.span(states).split(1, dim=-1)  # (batch, tokens, 1) each
        match = self.start(states) @ self.end(states).mT / JOINT_WIDTH**0.5
        spans = (first + last.mT + match).float().masked_fill(~_reachable(passage), UNREACHABLE)
        return spans, self.answer(states[:, 0]).float().squeeze(-1)


def _reachable(passage: Tensor) -> Tensor:
    """Return which spans there are, (batch, tokens, tokens): inside the passage, and (0, 0)."""
    spans = (passage.unsqueeze(-1) & passage.unsqueeze(-2)).triu()
    spans[:, 0, 0] = True
    return spans


def apply_adapter(model: TrainedReader, path: Path) -> None:
    """Turn a fresh reader into the shipped one. Raises ModelError as `adapted`."""
    fresh = {name: value.numpy() for name, value in model.state_dict().items()}
    made, _ = adapted(fresh, path, trunk_sha256=MINILM.sha256)
    model.load_state_dict({name: torch.tensor(made[name]) for name in fresh})


def new_model() -> TrainedReader:
    """Build a reader on the trunk; the words' and places' embeddings stay as they came."""
    trunk = AutoModel.from_pretrained(
        MINILM.locate(), local_files_only=True, add_pooling_layer=False
    )
    model = TrainedReader(trunk)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(part in name for part in FROZEN)
    return model


def new_optimizer(model: TrainedReader, *, rate: float) -> torch.optim.AdamW:
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
