"""What the network makes of a batch: states, logits of the answers, and losses. Knows torch."""

from __future__ import annotations

from typing import Any, Final

import torch

from training.writer.batches import NOT_LEARNED, Batch

READING: Final = 0.2
"""Weight of the loss of all words: a name stands in its source again and again, to be copied."""


def states_of(model: Any, batch: Batch) -> torch.Tensor:
    """Return what the model makes of each token but a row's last, (B, T - 1, width)."""
    pixels = None if batch.pixels is None else batch.pixels[:, None]
    states: torch.Tensor = model.model(
        input_ids=batch.ids,
        attention_mask=batch.seen,
        position_ids=batch.places,
        pixel_values=pixels,
        use_cache=False,
    ).last_hidden_state
    return states[:, :-1]


def answers_of(model: Any, batch: Batch, states: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the logits of all tokens of answers, and these tokens."""
    learned = batch.labels[:, 1:] != NOT_LEARNED
    return model.lm_head(states[learned]).float(), batch.labels[:, 1:][learned]


def learn(model: Any, batch: Batch, *, reads: bool) -> float:
    """Set the gradients, and return the loss of the answers; `reads` adds that of all words."""
    with torch.autocast("cpu", torch.bfloat16):
        states = states_of(model, batch)
        loss = torch.nn.functional.cross_entropy(*answers_of(model, batch, states))
        told = loss.item()
        if reads:
            words = model.lm_head(states[batch.running]).float()
            wanted = batch.ids[:, 1:][batch.running]
            loss = loss + READING * torch.nn.functional.cross_entropy(words, wanted)
    loss.backward()  # type: ignore[no-untyped-call]  # it has no annotations
    return told


class Optimizers:
    """Muon (Jordan et al., 2024) for the layers' matrices, AdamW for all else."""

    MUON_RATE: Final = 0.02
    ADAMW_RATE: Final = 2e-3

    def __init__(self, model: Any) -> None:
        layers = model.model.text_model.layers
        matrices = [weight for weight in layers.parameters() if weight.ndim == 2]
        known = {id(weight) for weight in matrices}
        others = [weight for weight in model.parameters() if id(weight) not in known]
        self._model = model
        self._muon = torch.optim.Muon(matrices, lr=self.MUON_RATE, weight_decay=0.01)
        self._adamw = torch.optim.AdamW(
            others, lr=self.ADAMW_RATE, betas=(0.9, 0.98), weight_decay=0.01
        )

    def step(self, factor: float) -> None:
        """Move the weights at `factor` times the rates, and forget the gradients."""
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        pairs = ((self._muon, self.MUON_RATE), (self._adamw, self.ADAMW_RATE))
        for optimizer, rate in pairs:
            for group in optimizer.param_groups:
                group["lr"] = rate * factor
            optimizer.step()  # type: ignore[no-untyped-call]  # Muon's has no annotations
            optimizer.zero_grad()
