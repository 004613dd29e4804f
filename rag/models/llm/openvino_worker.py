"""The child process that runs a language model with OpenVINO: requests come and tokens go as lines.

A process of its own, because the engine holds Python's lock while it computes a step, and because
a crash in native code then ends no chat. Requests are computed together (continuous batching), and
a prompt that begins as an earlier one did is read from there on (prefix caching).

In come `{"id", "messages", "max_tokens", "begun"}` and `{"id", "cancel": true}`; out go
`{"ready"}`, then `{"id", "text", "logprob"}` and `{"id", "finish_reason"}`, or `{"id", "error"}`.
It ends with its input.
"""

from __future__ import annotations

import json
import queue
import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import openvino_genai

CACHE_GB: Final = 1
"""Keys and values of prompts: 28 KB a token of a model of 1.5 B parameters, so 36,000 tokens."""

TOKENS_A_STEP: Final = 256
"""A long prompt is read in pieces, so that the answers of others go on in between."""

MIN_FURTHER_TOKENS: Final = 8
"""So many follow at least on what is begun, unless it is the next question of the conversation."""

NEXT_TURN: Final = {"Human:", "Question:"}

INCOMPLETE: Final = "\ufffd"
"""How a letter is decoded of which tokens are still to come."""


@dataclass(slots=True)
class Generation:
    """One request that is being computed: its tokens so far, and how much text of them was sent."""

    handle: Any
    tokens: list[int] = field(default_factory=list)
    sent: int = 0


class Worker:
    """Computes requests side by side until the input ends."""

    def __init__(self, path: str) -> None:
        scheduler = openvino_genai.SchedulerConfig()
        scheduler.cache_size = CACHE_GB
        scheduler.enable_prefix_caching = True
        scheduler.max_num_batched_tokens = TOKENS_A_STEP
        self._pipeline = openvino_genai.ContinuousBatchingPipeline(path, scheduler, "CPU")
        self._tokenizer = self._pipeline.get_tokenizer()
        self._requests: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self._running: dict[str, Generation] = {}

    def run(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        _send(ready=True)
        while self._take():
            if self._running:
                self._pipeline.step()
                self._send_tokens()

    def _read(self) -> None:
        for line in sys.stdin:
            self._requests.put(json.loads(line))
        self._requests.put(None)

    def _take(self) -> bool:
        """Begin or cancel what was asked for since the last step; return False at the end."""
        while not (self._running and self._requests.empty()):
            request = self._requests.get()
            if request is None:
                return False
            if request.get("cancel"):
                if generation := self._running.pop(request["id"], None):
                    generation.handle.cancel()
            else:
                self._begin(request)
        return True

    def _begin(self, request: Mapping[str, Any]) -> None:
        name = request["id"]
        try:
            prompt = self._tokenizer.apply_chat_template(
                request["messages"], add_generation_prompt=True
            )
            handle = self._pipeline.add_request(
                int(name), prompt + request["begun"], self._config(request)
            )
        except Exception as error:  # noqa: BLE001 - told to whoever asked; the others go on
            _send(id=name, error=str(error))
        else:
            self._running[name] = Generation(handle=handle)

    def _config(self, request: Mapping[str, Any]) -> openvino_genai.GenerationConfig:
        config = openvino_genai.GenerationConfig()
        config.max_new_tokens = request["max_tokens"]
        if request["begun"]:
            config.min_new_tokens = MIN_FURTHER_TOKENS
            config.stop_strings = NEXT_TURN
        config.do_sample = False
        config.apply_chat_template = False
        config.logprobs = 1
        end = self._tokenizer.get_eos_token_id()
        config.eos_token_id = end
        config.stop_token_ids = {end}
        return config

    def _send_tokens(self) -> None:
        for name, generation in list(self._running.items()):
            while generation.handle.can_read():
                for output in generation.handle.read().values():
                    self._send_output(name, generation, output)

    def _send_output(
        self, name: str, generation: Generation, output: openvino_genai.GenerationOutput
    ) -> None:
        """Send what the new tokens add to the text, once its letters are whole."""
        generation.tokens += output.generated_ids
        text = self._tokenizer.decode(generation.tokens, skip_special_tokens=True)
        reason = output.finish_reason
        done = reason != openvino_genai.GenerationFinishReason.NONE
        if text.endswith(INCOMPLETE) and not done:
            new = ""
        else:
            new, generation.sent = text[generation.sent :], len(text)
        _send(id=name, text=new, logprob=sum(output.generated_log_probs))
        if done:
            is_whole = reason == openvino_genai.GenerationFinishReason.STOP
            _send(
                id=name,
                finish_reason="stop" if is_whole else "length",
                tokens=len(generation.tokens),
            )
            del self._running[name]


def _send(**message: object) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    Worker(sys.argv[1]).run()
