"""The writer's chat format as text and tokens, its vocabulary whole or cut.

Knows prompt files and tokenizers; runs on the machine with the GPU, too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
from transformers import AutoTokenizer, PreTrainedTokenizerBase

import prompts
from training.writer.checks import Lesson

KEPT: Final = "kept.npy"
"""Beside a model whose vocabulary was cut: the tokens that it has, by their new numbers."""

END: Final = "<|im_end|>"
EXAMPLES: Final = Path(__file__).parent / "examples"


def opening(prompt: str, *, examples: bool = False) -> str:
    """Return the system text, followed by worked examples for a model that was not taught."""
    text = f"<|im_start|>system\n{prompts.load(prompt).template.strip()}{END}\n"
    if examples and (path := EXAMPLES / f"{prompt}.txt").exists():
        parts = re.split(r"\n?## (?:user|assistant)\n", path.read_text(encoding="utf-8").strip())
        for user, answer in zip(parts[1::2], parts[2::2], strict=True):
            text += f"{user_turn(user)}{answer}{END}\n"
    return text


def user_turn(text: str) -> str:
    """Return what a user says and the start of the answer; the text can't end its turn itself."""
    plain = text.replace("<|", "<\u200b|")
    return f"<|im_start|>user\n{plain}{END}\n<|im_start|>assistant\n"


class Vocabulary:
    """Numbers of tokens as the model in a folder has them, which may have kept but a part."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
        kept = folder / KEPT
        self._kept = np.load(kept).tolist() if kept.exists() else range(len(self.tokenizer))
        self._number = {token: number for number, token in enumerate(self._kept)}
        self.end = self._number[self.tokenizer.convert_tokens_to_ids(END)]

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text; what was cut away reads as the end of a turn."""
        tokens = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return [self._number.get(token, self.end) for token in tokens]

    def decode(self, numbers: list[int]) -> str:
        return str(self.tokenizer.decode([self._kept[number] for number in numbers]))

    def encode_lesson(
        self, lesson: Lesson, *, max_tokens: int | None = None
    ) -> tuple[list[int], list[bool]]:
        """Return a lesson's tokens and which of them are learned: answers. As many turns as fit."""
        tokens = self.encode(opening(lesson.prompt))
        learned = [False] * len(tokens)
        for number, (user, answer) in enumerate(lesson.turns):
            question = self.encode("\n" * bool(number) + user_turn(user))
            reply = self.encode(answer + END)
            if max_tokens and len(tokens) + len(question) + len(reply) > max_tokens:
                break
            tokens += question + reply
            learned += [False] * len(question) + [True] * len(reply)
        return tokens, learned
