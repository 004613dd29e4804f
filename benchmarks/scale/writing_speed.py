"""What Pagelight adds to a model that writes in this process, and what several people cost it.

    python -m benchmarks.scale.writing_speed [--rounds 5] [--tokens 128] [--hidden 256] [--layers 8]

On a random checkpoint (Qwen2.5-VL's architecture, drawn anew): tokens a second of `stream` against
bare `generate` on the same tensors, in turn; then eight answers asked for at once against one; then
what the first words of another question cost over sources that were read just before. CPU seconds
are compared, too: on a busy machine they tell more than a clock.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / room) for room in ("builders/models", "builders/answers", "")]

import builders_vlm  # noqa: E402 - a script finds its parts beside it
from builders_answer import DEPTHS, MARMOTS, WINTER, chunk, hit  # noqa: E402 - as above

from rag.datamodel import Context, Prompt, Query  # noqa: E402 - as above
from rag.errors import CutOffError  # noqa: E402 - as above
from rag.generation.prompt import build_prompt  # noqa: E402 - as above
from rag.models.llm.vlm import TokenBudget, VlmGenerator  # noqa: E402 - as above

HEAD = 8
"""Width of a head, for which the checkpoint's rotary sections are made."""

MANY = 40
"""Sources of a prompt whose reading is measured."""


def main() -> None:
    options = _options()
    with TemporaryDirectory() as folder:
        builders_vlm.save_qwen25_vl(
            Path(folder) / "random",
            hidden_size=options.hidden,
            intermediate_size=2 * options.hidden,
            num_hidden_layers=options.layers,
            num_attention_heads=options.hidden // HEAD,
            num_key_value_heads=options.hidden // HEAD // 2,
        )
        writer = _writer(Path(folder), tokens=options.tokens)
        prompt = _prompt()
        bare = _bare(writer, prompt, options.tokens)
        rounds = [
            (_timed(bare), _timed(lambda: _all(writer, prompt))) for _ in range(options.rounds)
        ]
        told = {
            "tokens": options.tokens,
            "rounds": options.rounds,
            "bare_s": round(median(b[0] for b, _ in rounds), 3),
            "ours_s": round(median(o[0] for _, o in rounds), 3),
            "of_bare_by_clock": round(median(b[0] / o[0] for b, o in rounds), 3),
            "of_bare_by_cpu": round(median(b[1] / o[1] for b, o in rounds), 3),
            **_together(writer, prompt, options.tokens),
            **_first_token(_writer(Path(folder), tokens=1)),
        }
    sys.stdout.write(json.dumps(told) + "\n")


def _writer(folder: Path, *, tokens: int) -> VlmGenerator:
    budget = TokenBudget(answer_tokens=tokens, picture_tokens=0)
    return VlmGenerator(folder / "random", lambda _: None, budget)  # type: ignore[arg-type, return-value]  # no picture is shown


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("rounds", 5), ("tokens", 128), ("hidden", 256), ("layers", 8)):
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


def _prompt(question: str = "How deep was the snow?", *, sources: int = 3) -> Prompt:
    texts = islice(cycle((WINTER, DEPTHS, MARMOTS)), sources)
    hits = tuple(hit(chunk(str(n), text), n) for n, text in enumerate(texts, start=1))
    return build_prompt(Query(text=question), Context(hits=hits))


def _bare(writer: VlmGenerator, prompt: Prompt, tokens: int) -> Callable[[], Any]:
    """Return what runs `generate` on the tensors of the prompt, as transformers documents it."""
    import torch  # noqa: PLC0415 - after the options are read

    inputs = writer._inputs(prompt)  # noqa: SLF001 - the same tensors
    model = writer._model().model  # noqa: SLF001 - the same weights

    def run() -> None:
        with torch.inference_mode():
            model.generate(**inputs, max_new_tokens=tokens, do_sample=False)

    run()
    return run


def _all(writer: VlmGenerator, prompt: Prompt) -> None:
    """Have an answer written by a model that knows nothing of the prompt, as a bare one does."""
    writer._kept_reading().forget()  # noqa: SLF001 - as bare
    _written(writer, prompt)


def _written(writer: VlmGenerator, prompt: Prompt) -> None:
    with suppress(CutOffError):  # a random model has no end
        for _ in writer.stream(prompt):
            pass


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    clock_s, cpu_s = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock_s, time.process_time() - cpu_s


def _together(writer: VlmGenerator, prompt: Prompt, tokens: int) -> dict[str, float]:
    """Return tokens a second of one answer, and of eight that are asked for at once."""
    alone_s, _ = _timed(lambda: _all(writer, prompt))
    threads = [threading.Thread(target=_all, args=(writer, prompt)) for _ in range(8)]

    def eight() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    together_s, _ = _timed(eight)
    return {
        "one_tokens_per_s": round(tokens / alone_s, 1),
        "eight_tokens_per_s": round(8 * tokens / together_s, 1),
    }


def _first_token(writer: VlmGenerator) -> dict[str, float]:
    """Return CPU seconds to the first token of a prompt, and of another question over the same.

    `writer` writes one token.
    """

    def read(question: str) -> float:
        prompt = _prompt(question, sources=MANY)
        return round(_timed(lambda: _written(writer, prompt))[1], 3)

    writer.warm()
    return {
        "prompt_tokens": writer.count_tokens("".join(map(str, _prompt(sources=MANY).parts))),
        "first_token_cpu_s": read("How deep was the snow?"),
        "first_token_again_cpu_s": read("When was the pass closed?"),
    }


if __name__ == "__main__":
    main()
