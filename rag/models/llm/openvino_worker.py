"""The child process that runs a language model with OpenVINO: requests come and tokens go as lines.

A process of its own, because the engine holds Python's lock while it computes a step, and because
a crash in native code then ends no chat. Requests are computed together (continuous batching), and
a prompt that begins as an earlier one did is read from there on (prefix caching).

In come `{"id", "messages", "max_tokens", "begun", "samples"}` and `{"id", "cancel": true}`; out go
`{"ready"}`, then `{"id", "text", "logprob"}` and `{"id", "finish_reason", "tokens", "samples"}`, or
`{"id", "error"}`. It ends with its input.
"""

from __future__ import annotations

import itertools
import json
import queue
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from openvino_genai import (
    ContinuousBatchingPipeline,
    GenerationConfig,
    GenerationFinishReason,
    SchedulerConfig,
)
from openvino_genai.py_openvino_genai import GenerationHandle, GenerationOutput

from rag.models.base.network import QUANTISED_BY

CACHE_GB: Final = 1
"""Keys and values of prompts: 28 KB a token of a model of 1.5 B parameters, so 36,000 tokens."""

TOKENS_A_STEP: Final = 256
"""A long prompt is read in pieces, so that the answers of others go on in between."""

MIN_FURTHER_TOKENS: Final = 8
"""So many follow at least on what is begun, unless it is the next question of the conversation."""

NEXT_TURN: Final = {"Human:", "Question:"}

INCOMPLETE: Final = "\ufffd"
"""How a letter is decoded of which tokens are still to come."""


TEMPERATURE: Final = 0.7
TOP_P: Final = 0.95
"""Samples are drawn as in Wang et al., "Self-consistency improves chain of thought reasoning",
2022."""

SAMPLE_TOKENS: Final = 60
"""Of a sample. The engine tells nothing of several until the longest is over."""

MAX_TOGETHER: Final = 2
"""Of more requests at once the likeliest text alone is written: others wait for it."""

SEED: Final = 1
"""The same each time: a question that is asked alone is then answered the same again."""


@dataclass(slots=True)
class Sample:
    """A text that is drawn: its tokens so far; `finish_reason` is "" while it grows."""

    tokens: list[int] = field(default_factory=list)
    logprob: float = 0.0
    finish_reason: str = ""


@dataclass(slots=True)
class Generation:
    """One request that is being computed: its tokens so far, and how much text of them was sent.

    `end` is what its last message tells; it waits for the samples that are `wanted`, which are
    begun with its first token: the prompt is then read already.
    """

    handle: GenerationHandle
    prompt: str
    request: Mapping[str, Any]
    wanted: int
    tokens: list[int] = field(default_factory=list)
    sent: int = 0
    end: Mapping[str, Any] | None = None
    sampling: GenerationHandle | None = None
    samples: defaultdict[int, Sample] = field(default_factory=lambda: defaultdict(Sample))


class Worker:
    """Computes requests side by side until the input ends."""

    def __init__(self, path: str) -> None:
        scheduler = SchedulerConfig()
        scheduler.cache_size = CACHE_GB
        scheduler.enable_prefix_caching = True
        scheduler.max_num_batched_tokens = TOKENS_A_STEP
        self._pipeline = ContinuousBatchingPipeline(
            path, scheduler, "CPU", {"DYNAMIC_QUANTIZATION_GROUP_SIZE": QUANTISED_BY}
        )
        self._tokenizer = self._pipeline.get_tokenizer()
        self._requests: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self._running: dict[str, Generation] = {}
        self._numbers = itertools.count()

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
                    _cancel(generation)
            else:
                self._begin(request)
        return True

    def _begin(self, request: Mapping[str, Any]) -> None:
        name = request["id"]
        try:
            prompt = self._tokenizer.apply_chat_template(
                request["messages"], add_generation_prompt=True
            )
            prompt += request["begun"]
            handle = self._added(prompt, self._config(request))
        except Exception as error:  # noqa: BLE001 - told to whoever asked; the others go on
            _send(id=name, error=str(error))
        else:
            self._running[name] = Generation(handle, prompt, request, wanted=request["samples"])

    def _added(self, prompt: str, config: GenerationConfig) -> GenerationHandle:
        return self._pipeline.add_request(next(self._numbers), prompt, config)

    def _config(self, request: Mapping[str, Any], *, samples: int = 0) -> GenerationConfig:
        """Return how the likeliest text is generated, or so many are drawn."""
        config = GenerationConfig()
        config.max_new_tokens = request["max_tokens"]
        if request["begun"]:
            config.min_new_tokens = MIN_FURTHER_TOKENS
            config.stop_strings = NEXT_TURN
        config.do_sample = bool(samples)
        if samples:
            config.max_new_tokens = min(request["max_tokens"], SAMPLE_TOKENS)
            config.temperature = TEMPERATURE
            config.top_p = TOP_P
            config.rng_seed = SEED
            config.num_return_sequences = samples
        config.apply_chat_template = False
        config.logprobs = 1
        end = self._tokenizer.get_eos_token_id()
        config.eos_token_id = end
        config.stop_token_ids = {end}
        return config

    def _send_tokens(self) -> None:
        for name, generation in list(self._running.items()):
            for _, output in _outputs(generation.handle):
                self._send_output(name, generation, output)
            if generation.tokens and generation.wanted:
                self._sample(generation)
            drawn = [one for one in generation.samples.values() if one.finish_reason]
            if generation.end and len(drawn) == generation.wanted:
                _send(id=name, **generation.end, samples=list(map(self._completion, drawn)))
                _cancel(self._running.pop(name))

    def _sample(self, generation: Generation) -> None:
        """Begin the samples of a generation, or take what is new of them; none of too many."""
        if generation.sampling is None:
            if len(self._running) > MAX_TOGETHER:
                generation.wanted = 0
                return
            config = self._config(generation.request, samples=generation.wanted)
            generation.sampling = self._added(generation.prompt, config)
        for key, output in _outputs(generation.sampling):
            sample = generation.samples[key]
            sample.tokens += output.generated_ids
            sample.logprob += sum(output.generated_log_probs)
            sample.finish_reason = _reason(output)

    def _completion(self, sample: Sample) -> Mapping[str, Any]:
        text = self._tokenizer.decode(sample.tokens, skip_special_tokens=True)
        mean = sample.logprob / max(1, len(sample.tokens))
        return {"text": text, "mean_logprob": mean, "finish_reason": sample.finish_reason}

    def _send_output(self, name: str, generation: Generation, output: GenerationOutput) -> None:
        """Send what the new tokens add to the text, once its letters are whole."""
        generation.tokens += output.generated_ids
        text = self._tokenizer.decode(generation.tokens, skip_special_tokens=True)
        reason = _reason(output)
        new = ""
        if reason or not text.endswith(INCOMPLETE):
            new, generation.sent = text[generation.sent :], len(text)
        _send(id=name, text=new, logprob=sum(output.generated_log_probs))
        if reason:
            generation.end = {"finish_reason": reason, "tokens": len(generation.tokens)}


def _reason(output: GenerationOutput) -> str:
    if output.finish_reason == GenerationFinishReason.NONE:
        return ""
    return "stop" if output.finish_reason == GenerationFinishReason.STOP else "length"


def _outputs(handle: GenerationHandle) -> Iterator[tuple[int, GenerationOutput]]:
    """Yield what is new of a request, with the number of the text that it is of."""
    while handle.can_read():
        yield from handle.read().items()


def _cancel(generation: Generation) -> None:
    for handle in filter(None, (generation.handle, generation.sampling)):
        handle.cancel()


def _send(**message: object) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    Worker(sys.argv[1]).run()
