"""The reader's network: a BERT trunk with a span head and an answerability head.

Knows tensors; knows nothing of text, windows or calibration. Imports torch when imported, so
only code that is itself loaded lazily imports it.
"""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

UNREACHABLE = -1e4
"""A logit that softmax sends to zero; finite in every float type."""


class ReaderModel(nn.Module):
    """Reads pairs once. Position 0 ([CLS]) of the span logits stands for "no answer here"."""

    def __init__(self, trunk: BertModel) -> None:
        super().__init__()
        width = trunk.config.hidden_size
        self.trunk: nn.Module = trunk
        self.span = nn.Linear(width, 2)
        self.answer = nn.Linear(width, 1)

    def forward(
        self, ids: Tensor, types: Tensor, mask: Tensor, passage: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Score a batch; `mask` marks tokens, `passage` those that an answer may hold.

        Returns span logits (batch, tokens, 2), start and end, UNREACHABLE outside passage and
        [CLS], and answer logits (batch,), in float32.
        """
        states = self.trunk(
            input_ids=ids, token_type_ids=types, attention_mask=mask
        ).last_hidden_state  # (batch, tokens, width)
        return self._heads(states, passage)

    def read_embeddings(
        self, embeddings: Tensor, types: Tensor, passage: Tensor
    ) -> tuple[Tensor, Tensor]:
        """As `forward`, of word embeddings (batch, tokens, width) without padding."""
        states = self.trunk(inputs_embeds=embeddings, token_type_ids=types).last_hidden_state
        return self._heads(states, passage)

    def _heads(self, states: Tensor, passage: Tensor) -> tuple[Tensor, Tensor]:
        allowed = passage.clone()
        allowed[:, 0] = True
        # The heads stay in float32: in bfloat16 near scores would tie.
        states = states.to(self.span.weight.dtype)
        span = self.span(states).float().masked_fill(~allowed.unsqueeze(-1), UNREACHABLE)
        return span, self.answer(states[:, 0]).float().squeeze(-1)


def load_trunk(folder: Path) -> BertModel:
    """Load the trunk in float32 from a folder that holds config.json and model.safetensors."""
    config = BertConfig.from_pretrained(
        folder,
        local_files_only=True,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    trunk: BertModel = BertModel(config, add_pooling_layer=False)
    weights = load_file(folder / "model.safetensors")
    trunk.load_state_dict({name: weights[name].float() for name in trunk.state_dict()})
    return trunk
