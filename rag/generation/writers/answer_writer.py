"""The model of the set-up writes one to three sentences from a few short sources, several times.

It was taught these prompts, word for word (`training/writer`). Of its drafts the one that shares
most with the others is the likeliest (Wang et al., Self-consistency, 2022; Kumar and Byrne, 2004).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final

import prompts
from rag.datamodel import AnswerLength, Context, Hit
from rag.generation.context import MAX_REFUSALS, MOST, CountTokens, Reading, Source, build_sources
from rag.generation.draft import Draft, Sentence, draft_of, with_plain_marks
from rag.generation.prompt import fenced
from rag.generation.quotation.units import Unit
from rag.generation.rewriting import REWRITING_TOKENS, rewriting_messages
from rag.generation.verification.confidence import Inquiry
from rag.generation.verification.support import stems_of
from rag.languages import is_foreign_question, language_name
from rag.models.llm.language_model import (
    LanguageModel,
    Segment,
    TextCompletion,
    completion_of,
    messages_of,
)
from rag.text import MARK
from rag.understanding.question.question import Question
from rag.understanding.wishes.summary_wish import Length


def agreed(drafts: Sequence[Draft], texts: Sequence[str], refusals: float | None = None) -> Draft:
    """Return the draft that shares most with the others, the first of equals; they follow it so.

    `texts` are what they are made of: all of it counts, also what is cut off within a sentence.
    `refusals` is the chance of one, where it is known better than by their share.
    """
    first, *others = drafts
    if refusals is None:
        refusals = fmean(draft.refused for draft in drafts)
    if not others:
        return replace(first, refusals=refusals)
    said = [
        set[str]() if draft.refused else stems_of(MARK.sub("", text))
        for draft, text in zip(drafts, texts, strict=True)
    ]
    counts = Counter(stem for stems in said for stem in stems)
    common = frozenset(stem for stem, count in counts.items() if count > len(said) / 2)
    told = [
        replace(
            draft,
            agreement=fmean(_f1(said[n], said[m]) for m in range(len(drafts)) if m != n),
            common=common,
            refusals=refusals,
        )
        for n, draft in enumerate(drafts)
    ]
    is_refused = refusals > MOST
    best, *rest = sorted(told, key=lambda d: (d.refused != is_refused, -(d.agreement or 0.0)))
    return replace(best, others=tuple(rest))


def _f1(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    both = len(one) + len(other)
    return 2 * len(one & other) / both if both else 1.0


MAX_TOKENS: Final[dict[AnswerLength, int]] = {"short": 50, "usual": 90, "long": 220}
FURTHER_TOKENS: Final[dict[AnswerLength, int]] = {"short": 0, "usual": 60, "long": 120}
"""Where more than one fact is asked for: by itself a small model says one of three and ends (see
benchmarks/LOG.md)."""

SAMPLES: Final[dict[AnswerLength, int]] = {"short": 4, "usual": 4, "long": 0}
"""Drawn beside what is likeliest, which takes half a second more in the median (see
benchmarks/LOG.md). Of long texts no two are alike."""

FIRST_PLACES: Final = 2
MAX_READINGS: Final = 2
"""The likeliest places are read alone; where these don't tell, all of them, then the next (see
benchmarks/LOG.md)."""

FURTHER_SAMPLES: Final = 4
MIN_FURTHER_AGREEMENT: Final = 0.2
"""What comes behind is told where others tell it too: where nothing is left to be told, each tells
something else of the page."""

ONE_FACT: Final = 0.5
"""A look-up, or key words, ask for one fact from this chance on."""

REFUSAL: Final = "[0]"
"""What the model was taught to write where the sources hold no answer."""

PROMPT: Final = "answer"
TITLE_TOKENS: Final = 16
MAX_TITLED_LETTERS: Final = 400

SUMMARIES: Final[dict[Length, tuple[str, int]]] = {
    "short": ("two", 110),
    "medium": ("four", 220),
    "long": ("eight", 440),
}
"""So many sentences of at most so many tokens."""

_OWN_MARK: Final = re.compile(rf"(?<!\w){MARK.pattern}")
_STRONG: Final = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")


@dataclass(frozen=True, eq=False)
class AnswerWriter:
    """Implements `Writer`. Asked alone, the same sources and question give the same draft."""

    decides = False

    model: LanguageModel
    count_tokens: CountTokens

    @property
    def model_id(self) -> str:
        return self.model.model_id

    def warm(self) -> None:
        """Read the instructions now: the first question then waits for them no longer."""
        self.model.complete(_instructions(), "Question: ready?", max_tokens=1)

    def readings(self, found: Inquiry, units: Sequence[Unit]) -> Iterator[Reading]:
        """Yield a few places at a time, the likeliest first, cut to what is around their evidence.

        The later ones are for whoever finds nothing in the first.
        """
        left: Sequence[Hit] = found.context.hits
        is_told = SAMPLES[found.asked.wishes.length] > 0  # how likely a refusal is
        for n in range(MAX_READINGS):
            sources = tuple(build_sources(left, units, count_tokens=self.count_tokens))
            if not sources:
                return
            unsure = Reading(context=found.context, sources=sources, max_refusals=MAX_REFUSALS)
            if is_told and not n and len(sources) > FIRST_PLACES:
                yield replace(unsure, sources=sources[:FIRST_PLACES])
            yield unsure if n else replace(unsure, max_refusals=MOST)
            read = {source.hit.rank for source in sources}
            left = [hit for hit in left if hit.rank not in read]

    def write(self, found: Inquiry, reading: Reading) -> Iterator[Draft]:
        """Yield the draft that agrees best with the others, whole; a long one as it grows."""
        length = found.asked.wishes.length
        messages = _messages(found.asked, reading.sources)
        samples = SAMPLES[length]
        score = self.model.score(messages, REFUSAL) if samples else None
        refusals = None if score is None else math.exp(score)
        if refusals and refusals > reading.max_refusals:
            return iter((Draft(refused=True, refusals=refusals, reading=reading),))
        segments = self.model.stream(messages, max_tokens=MAX_TOKENS[length], samples=samples)
        return _chosen(segments, reading, refusals) if samples else _grown(segments, reading)

    def go_on(self, found: Inquiry, draft: Draft) -> Iterator[Draft]:
        kinds, length = found.asked.kinds, found.asked.wishes.length
        is_one = kinds["lookup"] + kinds["keywords"] >= ONE_FACT
        if is_one or not (draft.text and draft.sentences and FURTHER_TOKENS[length]):
            return
        messages = _messages(found.asked, draft.reading.sources)
        max_tokens = FURTHER_TOKENS[length]
        segments = self.model.stream(
            messages, max_tokens=max_tokens, begun=draft.text, samples=FURTHER_SAMPLES
        )
        for more in _chosen(segments, draft.reading):
            is_agreed = more.agreement is None or more.agreement >= MIN_FURTHER_AGREEMENT
            if more.sentences and is_agreed:
                added = (replace(sentence, is_further=True) for sentence in more.sentences)
                yield replace(draft, sentences=(*draft.sentences, *added), others=())
            else:
                yield draft

    def write_sentence(self, asked: Question, source: Source) -> Sentence | None:
        user = _sources((source,)) + _question(asked)
        completion = self.model.complete(_instructions(), user, max_tokens=MAX_TOKENS["short"])
        sentences = draft_of(with_plain_marks(completion.text), is_whole=True).sentences
        if completion.finish_reason != "stop" or not sentences:
            return None
        return replace(sentences[0], mean_logprob=completion.mean_logprob)

    def say_alone(self, asked: Question) -> Iterator[str]:
        messages = rewriting_messages(asked.said.text, asked.history)
        segments = self.model.stream(messages, max_tokens=REWRITING_TOKENS)
        return (segment.text for segment in segments)

    def title(self, question: str, answer: str) -> Iterator[str]:
        """Yield the pieces of a conversation's title, made of its first question and answer."""
        said = f"Question: {question}\nAnswer: {plain_words(answer)[:MAX_TITLED_LETTERS]}"
        messages = messages_of(prompts.load("title").template.strip(), fenced(said))
        segments = self.model.stream(messages, max_tokens=TITLE_TOKENS)
        return (segment.text for segment in segments)

    def summarize(
        self, asked: Question, sources: Sequence[Source], length: Length
    ) -> Iterator[Draft]:
        """Yield a summary in the sources' language, marked by what shares most words."""
        del asked
        sentences, max_tokens = SUMMARIES[length]
        text = "\n".join(plain_words(source.text) for source in sources)
        user = prompts.load("summarize_text").substitute(text=fenced(text), sentences=sentences)
        messages = messages_of(prompts.load("summarize").template.strip(), user.strip())
        hits = tuple(source.hit for source in sources)
        reading = Reading(context=Context(hits=hits), sources=tuple(sources))
        segments = self.model.stream(messages, max_tokens=max_tokens)
        return _each_marked(_grown(segments, reading))


def _chosen(
    segments: Iterable[Segment], reading: Reading, refusals: float | None = None
) -> Iterator[Draft]:
    """Yield what agrees best of what is written and drawn; until that is whole, nothing said."""
    waiting = Draft(reading=reading)
    written: list[Segment] = []
    for segment in segments:
        written.append(segment)
        yield waiting
    completions = (completion_of(written), *written[-1].samples)
    drafts = [_completed(one, reading) for one in completions]
    yield agreed(drafts, [one.text for one in completions], refusals)


def _completed(completion: TextCompletion, reading: Reading) -> Draft:
    draft = _draft(completion.text, reading, is_whole=completion.finish_reason == "stop")
    return _measured(draft, [completion.mean_logprob] * len(draft.sentences))


def _grown(segments: Iterable[Segment], reading: Reading) -> Iterator[Draft]:
    text, means, logprobs = "", list[float](), list[float]()
    draft = Draft(reading=reading)
    for segment in segments:
        text += segment.text
        logprobs.append(segment.logprob)
        new = _draft(text, reading, is_whole=segment.finish_reason == "stop")
        if segment.finish_reason or len(new.sentences) > len(means):
            means += [fmean(logprobs)] * (len(new.sentences) - len(means))
            logprobs.clear()
            draft = _measured(new, means)
        yield draft


def _measured(draft: Draft, means: Sequence[float]) -> Draft:
    pairs = zip(draft.sentences, means, strict=False)
    return replace(draft, sentences=tuple(replace(one, mean_logprob=mean) for one, mean in pairs))


def _draft(text: str, reading: Reading, *, is_whole: bool) -> Draft:
    draft = draft_of(with_plain_marks(text), is_whole=is_whole)
    sentences = tuple(_of_ranks(sentence, reading.sources) for sentence in draft.sentences)
    return replace(draft, sentences=sentences, reading=reading)


def _each_marked(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Yield drafts marked; the same one where nothing was written on."""
    last = marked = Draft()
    for draft in drafts:
        if draft is not last:
            last, marked = draft, _marked(draft)
        yield marked


def _marked(draft: Draft) -> Draft:
    """Return the sentences of a draft marked with the source that has most of their words."""
    sources = draft.reading.sources

    def shared(sentence: Sentence, source: Source) -> int:
        return len(stems_of(sentence.text) & stems_of(source.text))

    def rank(sentence: Sentence) -> int:
        return max(sources, key=lambda source: shared(sentence, source)).hit.rank

    marked = (replace(one, numbers=(rank(one),)) for one in draft.sentences)
    return replace(draft, sentences=tuple(marked))


def _of_ranks(sentence: Sentence, sources: Sequence[Source]) -> Sentence:
    """Return a sentence marked by ranks instead of places in the prompt; other marks go."""
    known = [n for n in sentence.numbers if 1 <= n <= len(sources)]
    text = _without_headings(sentence.text, sources)
    return replace(sentence, text=text, numbers=tuple(sources[n - 1].hit.rank for n in known))


def _without_headings(text: str, sources: Sequence[Source]) -> str:
    """Return a copied sentence without its source's headings; of these alone, the last."""
    for lead in (source.lead for source in sources if source.lead):
        said = text.removeprefix(lead).lstrip()
        is_led = " — " in lead or said.startswith((":", "—"))
        if said != text and is_led and (plain := said.lstrip(" :—")):
            return plain if any(map(str.isalnum, plain)) else lead.rpartition(" — ")[2] + plain
    return text


def _messages(asked: Question, sources: Sequence[Source]) -> list[dict[str, str]]:
    return messages_of(_instructions(), _sources(sources) + _question(asked))


def _instructions() -> str:
    return prompts.load(PROMPT).template.strip()


def _sources(sources: Sequence[Source]) -> str:
    return "".join(
        prompts.load("answer_source").substitute(
            number=number,
            file=_place(source),
            text=fenced(plain_words("\n".join(filter(None, (source.lead, source.text))))),
        )
        for number, source in enumerate(sources, start=1)
    )


def _place(source: Source) -> str:
    chunk = source.hit.chunk
    return fenced(f"{chunk.source}, page {chunk.page}" if chunk.page else chunk.source)


def plain_words(text: str) -> str:
    """Return the words of a document without marks and bold, which a model would copy."""
    return _OWN_MARK.sub(r"(\1)", _STRONG.sub(r"\1", text))


def _question(asked: Question) -> str:
    spoken = asked.original or asked.standalone
    return question_words(spoken, language_name(spoken) if is_foreign_question(spoken) else "")


def question_words(question: str, language: str) -> str:
    """Return what is asked after the sources, and in what language the answer is wanted."""
    wanted = f"\nAnswer in {language}." if language else ""
    return f"Question: {question}{wanted}"
