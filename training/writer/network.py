"""What the network makes of a batch: states, logits of the answers, and losses. Knows torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import torch

from training.writer.batches import NOT_LEARNED, Batch


def states_of(model: Any, batch: Batch) -> torch.Tensor:
    """Return what the model makes of each token but a row's last, (B, T - 1, width)."""
    states: torch.Tensor = _read(model, batch).last_hidden_state
    return states[:, :-1]


def _read(model: Any, batch: Batch) -> Any:
    return model.model(
        input_ids=batch.ids,
        attention_mask=batch.seen,
        position_ids=batch.places,
        pixel_values=None if batch.pixels is None else batch.pixels[:, None],
        use_cache=False,
        output_hidden_states=True,
    )


def answers_of(model: Any, batch: Batch, states: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the logits of all tokens of answers, and these tokens."""
    learned = batch.labels[:, 1:] != NOT_LEARNED
    return model.lm_head(states[learned]).float(), batch.labels[:, 1:][learned]


class SourceNumbers(torch.nn.Module):
    """Heads that are thrown away: which source a token is of, or its answer comes from, if any.

    An answer's mark is one token of twenty, and whether there is an answer another: this has all
    tokens know it, those of sources by the middle of the network, those of answers at its end, and
    those of questions whether they stand in a source.
    """

    NUMBERS: Final = 8

    def __init__(self, width: int, middle: int) -> None:
        super().__init__()
        self._middle = middle
        self.told: list[float] = []
        self.own = torch.nn.Linear(width, self.NUMBERS)
        self.answering = torch.nn.Linear(width, self.NUMBERS)
        self.stated = torch.nn.Linear(width, 2)

    def loss(self, states: Sequence[torch.Tensor], batch: Batch) -> torch.Tensor:
        known = batch.sources != NOT_LEARNED
        asked = batch.stated != NOT_LEARNED
        middle = states[self._middle]
        tasks = (
            (self.own, middle, batch.sources, known & (batch.parts == 0)),
            (self.answering, states[-1], batch.sources, known & (batch.parts > 0)),
            (self.stated, middle, batch.stated, asked),
        )
        losses = [
            torch.nn.functional.cross_entropy(head(seen[kept]).float(), wanted[kept])
            for head, seen, wanted, kept in tasks
        ]
        self.told = [round(loss.item(), 3) for loss in losses]
        return torch.stack(losses).sum()


def learn(model: Any, batch: Batch, numbering: SourceNumbers | None = None) -> float:
    """Set the gradients, and return the loss of the answers; `numbering` learns along."""
    with torch.autocast("cpu", torch.bfloat16):
        read = _read(model, batch)
        logits, wanted = answers_of(model, batch, read.last_hidden_state[:, :-1])
        losses = torch.nn.functional.cross_entropy(logits, wanted, reduction="none")
        weights = batch.weights[:, 1:][batch.labels[:, 1:] != NOT_LEARNED]
        loss = (losses * weights).sum() / weights.sum()
        if numbering is not None:
            loss = loss + numbering.loss(read.hidden_states, batch)
    loss.backward()  # type: ignore[no-untyped-call]  # it has no annotations
    return losses.mean().item()


class Optimizers:
    """Muon (Jordan et al., 2024) for the layers' matrices, AdamW for all else."""

    MUON_RATE: Final = 0.014
    ADAMW_RATE: Final = 1.5e-3

    def __init__(self, layers: Any, weights: Iterable[torch.Tensor]) -> None:
        """`weights` are moved, those of `layers` among them."""
        self._weights = list(weights)
        matrices = [weight for weight in layers.parameters() if weight.ndim == 2]
        known = {id(weight) for weight in matrices}
        others = [weight for weight in self._weights if id(weight) not in known]
        self._muon = torch.optim.Muon(matrices, lr=self.MUON_RATE, weight_decay=0.01)
        self._adamw = torch.optim.AdamW(
            others, lr=self.ADAMW_RATE, betas=(0.9, 0.98), weight_decay=0.01
        )

    def step(self, factor: float) -> None:
        """Move the weights at `factor` times the rates, and forget the gradients."""
        torch.nn.utils.clip_grad_norm_(self._weights, 1.0)
        pairs = ((self._muon, self.MUON_RATE), (self._adamw, self.ADAMW_RATE))
        for optimizer, rate in pairs:
            for group in optimizer.param_groups:
                group["lr"] = rate * factor
            optimizer.step()  # type: ignore[no-untyped-call]  # Muon's has no annotations
            optimizer.zero_grad()


def optimizers_of(model: Any, numbering: SourceNumbers) -> Optimizers:
    weights = [*model.parameters(), *numbering.parameters()]
    return Optimizers(model.model.text_model.layers, weights)
