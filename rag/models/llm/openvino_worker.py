"""The child process that runs a language model with OpenVINO: requests come and tokens go as lines.

A process of its own, because the engine holds Python's lock while it computes a step, and because
a crash in native code then ends no chat. Requests are computed together (continuous batching), and
a prompt that begins as an earlier one did is read from there on (prefix caching).

In come `{"id", "messages", "max_tokens", "begun", "samples"}`, `{"id", "messages", "scored"}` and
`{"id", "cancel": true}`; out go `{"ready"}`, then `{"id", "text", "logprob"}` and
`{"id", "finish_reason", "tokens", "samples"}`, of what is scored
`{"id", "finish_reason", "score"}`, or `{"id", "error"}`. It ends with its input.
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
"""Of a sample. The engine tells nothing of several until the longest is over; drawn by a request
each, they take a third longer a step."""

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

    def handles(self) -> Iterator[GenerationHandle]:
        yield from filter(None, (self.handle, self.sampling))


@dataclass(slots=True)
class Scoring:
    """How likely a text follows a prompt: first that is read, but for its end, then both are.

    The engine tells the probabilities only of what it has not read before, and takes long for them.
    """

    handle: GenerationHandle
    prompt: str
    text: str
    key: int
    is_read: bool = False
    logprobs: list[float] = field(default_factory=list)

    def handles(self) -> Iterator[GenerationHandle]:
        yield self.handle


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
        self._running: dict[str, Generation | Scoring] = {}
        self._scores: dict[int, float | None] = {}
        self._numbers = itertools.count()

    def run(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        _send(ready=True)
        while self._take():
            if self._running:
                self._pipeline.step()
                for name, running in list(self._running.items()):
                    if isinstance(running, Scoring):
                        self._score(name, running)
                    else:
                        self._send_tokens(name, running)

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
                self._end(request["id"])
            else:
                self._begin(request)
        return True

    def _begin(self, request: Mapping[str, Any]) -> None:
        name = request["id"]
        try:
            prompt = self._tokenizer.apply_chat_template(
                request["messages"], add_generation_prompt=True
            )
            if scored := request.get("scored"):
                self._begin_scoring(name, prompt, scored)
                return
            prompt += request["begun"]
            handle = self._added(prompt, self._config_of(request))
            self._running[name] = Generation(handle, prompt, request, wanted=request["samples"])
        except Exception as error:  # noqa: BLE001 - told to whoever asked; the others go on
            _send(id=name, error=str(error))

    def _begin_scoring(self, name: str, prompt: str, text: str) -> None:
        """Read a prompt but for its last letter; what was scored before is told again."""
        key = hash((prompt, text))
        if key in self._scores:
            _send(id=name, score=self._scores[key], finish_reason="stop")
            return
        handle = self._added(prompt[:-1], self._config(max_tokens=1))
        self._running[name] = Scoring(handle, prompt, text, key)

    def _end(self, name: str) -> None:
        if running := self._running.pop(name, None):
            for handle in running.handles():
                handle.cancel()

    def _added(self, prompt: str, config: GenerationConfig) -> GenerationHandle:
        return self._pipeline.add_request(next(self._numbers), prompt, config)

    def _config(self, *, max_tokens: int) -> GenerationConfig:
        config = GenerationConfig()
        config.max_new_tokens = max_tokens
        config.apply_chat_template = False
        config.logprobs = 1
        end = self._tokenizer.get_eos_token_id()
        config.eos_token_id = end
        config.stop_token_ids = {end}
        return config

    def _config_of(self, request: Mapping[str, Any], *, samples: int = 0) -> GenerationConfig:
        config = self._config(max_tokens=request["max_tokens"])
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
        return config

    def _score(self, name: str, scoring: Scoring) -> None:
        outputs = [output for _, output in _outputs(scoring.handle)]
        scoring.logprobs += (one for output in outputs for one in output.generated_log_probs)
        if not any(map(_reason, outputs)):
            return
        if scoring.is_read:
            tokens = self._tokenizer.encode(scoring.text, add_special_tokens=False).input_ids
            told = scoring.logprobs[-1 - tokens.shape[1] : -1]  # one more is generated
            score = sum(told) if len(told) == tokens.shape[1] else None
            self._scores[scoring.key] = score
            _send(id=name, score=score, finish_reason="stop")
            self._end(name)
        else:
            config = self._config(max_tokens=1)
            config.echo = True
            scoring.handle = self._added(scoring.prompt + scoring.text, config)
            scoring.is_read, scoring.logprobs = True, []

    def _send_tokens(self, name: str, generation: Generation) -> None:
        for _, output in _outputs(generation.handle):
            self._send_output(name, generation, output)
        if generation.tokens and generation.wanted:
            self._sample(generation)
        drawn = [one for one in generation.samples.values() if one.finish_reason]
        if generation.end and len(drawn) == generation.wanted:
            _send(id=name, **generation.end, samples=list(map(self._completion, drawn)))
            self._end(name)

    def _sample(self, generation: Generation) -> None:
        """Begin the samples of a generation, or take what is new of them; none of too many."""
        if generation.sampling is None:
            if len(self._running) > MAX_TOGETHER:
                generation.wanted = 0
                return
            config = self._config_of(generation.request, samples=generation.wanted)
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


def _send(**message: object) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    Worker(sys.argv[1]).run()
