"""From a question and what is attached to it to a cited answer: the attachment is read first.

The documents are asked besides where the question asks them, or names what only they hold; an
answer says which part came from where. Knows the seams; knows no model, no store and no page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from rag.attachments.aim import (
    Frequencies,
    aim_of,
    asks_for_thing,
    chosen,
    held_share,
    named,
    points,
)
from rag.datamodel import CELL_SEPARATOR, Answer, Attachment, Chunk, Context, Filters, Hit, Query
from rag.errors import ModelError
from rag.generation.citations import CitedText, cited, without_marks
from rag.generation.quotation.units import stands_in
from rag.models.seeing.photographs import SEEN
from rag.retrieval.fusion import renumber
from rag.table_text import column_names
from rag.text import MARK
from rag.understanding.question.question import Question, understand

IN_DOCUMENTS: Final = "In the documents:"
NOT_IN_DOCUMENTS: Final = "The documents say nothing of it."
NOT_READ: Final = "What is attached could not be read."
NOWHERE: Final = "No document of the folder holds this picture."
NO_WORDS: Final = "No text was found on it."
UNSEEN: Final = (
    "What it shows beyond its text takes a model that sees pictures: see the models that fit "
    "this machine."
)
NOT_SEEN: Final = (
    "I can tell its text and about a thousand kinds of animals, vehicles, devices, dishes and the "
    "like, and see none of these surely."
)
LIKELY: Final = 0.5
"""Chance that what the documents say is right, where a question points at what is attached."""

SPOKEN_WORDS: Final = 60
"""A recording of so few words is a question that was spoken, where nothing is typed."""

SHOWN_HITS: Final = 8
"""So many places of the documents go to a model that writes, beside what is attached."""

_WHERE: Final = re.compile(
    r"which (?:document|file|report)|where .*\b(?:from|stand|appear)", re.IGNORECASE
)


Ask = Callable[[Question], Iterator[Answer]]


@dataclass(frozen=True, kw_only=True)
class AttachmentAnswers:
    """Answers one question about attachments: a model `writes`, or `sees` what pictures show.

    `ask_attached` answers from the attachments alone, `ask_documents` from the folder. `write`
    yields what a model writes of hits, if any of it stands; raises ModelError. `rank` finds in the
    folder, `same_pictures` where an attached picture itself stands there, best first.
    """

    whole: Question
    chunks_of: Callable[[str], list[Chunk]]
    ask_attached: Ask
    ask_documents: Ask
    write: Callable[[Question, Sequence[Hit]], Iterator[Answer]]
    rank: Callable[[Question, int], list[Hit]]
    same_pictures: Callable[[Question], list[Hit]]
    frequencies: Frequencies
    writes: bool
    sees: bool = False

    @cached_property
    def _asked(self) -> Question:
        """The question standing alone; one that only points is about what is attached."""
        said = self.whole.said.text
        return self.whole.part(self.whole.standalone if named(said) else said)

    @cached_property
    def _meant(self) -> tuple[Attachment, ...]:
        return chosen(self.whole.attachments, self.whole.said.text)

    @cached_property
    def _given(self) -> list[Attachment]:
        """What is meant and can be read."""
        return [attachment for attachment in self._meant if attachment.doc_id]

    @cached_property
    def _chunks(self) -> list[Chunk]:
        return [chunk for one in self._given for chunk in self.chunks_of(one.doc_id)]

    def answers(self) -> Iterator[Answer]:
        """Yield a growing answer; the last one is `complete`.

        Where a voice note comes without words, the documents are asked what is said in it; what
        they do not answer is told of the note itself.
        """
        spoken = _spoken(self.whole)
        if spoken and (yield from self._of_speech(spoken)):
            return
        unread = _notes([attachment for attachment in self._meant if not attachment.doc_id])
        for answer in self._of_readable() if self._given else self._without(unread):
            shown = renamed(answer, self._given)
            yield replace(shown, notes=tuple(dict.fromkeys((*shown.notes, *unread))))

    def _of_speech(self, spoken: Query) -> Generator[Answer, None, bool]:
        """Yield what the documents say to what was spoken; return whether that is the answer.

        Of words that are no question the note itself is told where they do not state an answer.
        """
        is_answer = is_question = spoken.text.rstrip().endswith("?")
        for answer in self.ask_documents(understand(spoken, self.whole.history)):
            is_answer = is_question or not answer.complete or answer.answered
            if is_answer:
                yield replace(answer, query=self.whole.said, standalone_query=spoken.text)
        return is_answer

    def _of_readable(self) -> Iterator[Answer]:
        note, is_complete = "", False
        if self.writes:
            try:
                for answer in self._written():
                    is_complete = answer.complete
                    yield answer
            except ModelError as error:
                note, is_complete = str(error), False
        if not is_complete:
            for answer in self._unwritten():
                yield replace(answer, notes=(*answer.notes, *filter(None, (note,))))

    def _unwritten(self) -> Iterator[Answer]:
        text = "\n".join(f"{c.context}\n{c.text}" for c in self._chunks)
        share = held_share(self._asked.text, text, self.frequencies)
        aim = aim_of(self._asked.text, share)
        if aim == "documents":
            yield from self._of_documents()
            return
        own = self._of_attachments()
        yield replace(own, complete=aim == "attachments")
        if aim == "both":
            yield self._with_documents(own)
        elif aim == "either":
            yield self._likelier(own, share)

    def _without(self, unread: Sequence[str]) -> Iterator[Answer]:
        """Yield what the documents say where they are asked, for nothing attached can be read."""
        query = self.whole.said
        aim = aim_of(query.text, held_share(query.text, "", self.frequencies))
        if aim not in {"documents", "both"}:
            yield Answer(
                query=query, text=NOT_READ, answered=False, notes=(*unread,), complete=True
            )
            return
        for answer in self.ask_documents(replace(self.whole, attachments=())):
            yield replace(answer, query=query)

    def _of_documents(self) -> Iterator[Answer]:
        """Yield what the documents say; where they do not, what the attachments do hold."""
        for answer in self.ask_documents(replace(self.whole, attachments=())):
            if answer.complete and not answer.answered:
                own = self._of_attachments()
                if own.answered:
                    near = replace(own, answered=False, closest=True, nearest=answer.nearest)
                    yield replace(near, notes=(*own.notes, NOT_IN_DOCUMENTS))
                    return
            yield replace(answer, query=self.whole.said)

    def _of_attachments(self) -> Answer:
        """Search the attachments as the documents are; of pictures alone quote all lettering.

        What the table of a chart answers stands before it. An answer that tells nothing is not
        `answered`.
        """
        asked, given = self._asked, self._given
        only = Filters(within=tuple(source_of(a.doc_id, a.name) for a in given))
        meant = asked if named(asked.text) else self._of_chart()
        (*_, answer) = self.ask_attached(replace(meant, filters=only, image=None))
        notes = (*answer.notes, *_notes(given))
        answer = replace(answer, query=self.whole.said, standalone_query=asked.text, notes=notes)
        if _is_decided(answer, asked):
            statement = answer.text.split("\n\n")[1 if answer.closest else 0]
            decided = replace(answer, answered=True, closest=False, figures=(), complete=True)
            return cited(decided, statement, answer.context)
        names = ", ".join(attachment.name for attachment in given)
        if all(attachment.image is not None for attachment in given):
            whole = self._lettered(answer)
            first = answer.citations[0].chunk.role if answer.citations else ""
            is_of_table = answer.answered and first == "table"
            if not (is_of_table if meant is asked else answer.table_queries):
                return whole
            answer = joined(_without_pictures(answer, given), whole, between=f"{names}:")
            return replace(answer, complete=True)
        text = f"{names} does not say that." if answer.state == "not_found" else answer.text
        return replace(_without_pictures(answer, given), text=text)

    def _of_chart(self) -> Question:
        """Return a question that names nothing with what the table of the one chart tells."""
        headings = {column_names(c) for c in self._chunks if c.role == "table"}
        if len(headings) != 1:
            return self._asked
        return self._asked.part(f"{self._asked.text} ({', '.join(headings.pop())})")

    def _lettered(self, answer: Answer) -> Answer:
        """Return the lettering of pictures whole, cited, and where they stand in the documents."""
        asked, draft, fits = self._asked.text, CitedText(), False
        unseen = NOT_SEEN if self.sees else UNSEEN
        for attachment in self._given:
            chunks = [c for c in self.chunks_of(attachment.doc_id) if c.text.strip()]
            name = f"{attachment.name}: " if len(self._given) > 1 else ""
            if name or not chunks:
                draft.block(name.rstrip() if chunks else f"{name}{NO_WORDS} {unseen}")
            is_seen = any(c.text.rpartition("\n")[2].startswith(SEEN) for c in chunks)
            if chunks and asks_for_thing(asked) and not is_seen:
                draft.block(unseen)
            for chunk in chunks:
                draft.paragraph(without_marks(chunk.text), chunk, 0, len(chunk.text))
                fits = fits or _may_answer(chunk, asked)
        held = bool(draft.citations) and fits
        self._tell_standing(draft) if held else None
        return replace(draft.answer(answer), answered=held, closest=False, figures=())

    def _tell_standing(self, draft: CitedText) -> bool:
        hits = self.same_pictures(self._asked)
        for chunk in [hit.chunk for hit in hits[:1]]:
            page = f", page {chunk.page}" if chunk.page else ""
            said = f"The same picture stands in {chunk.source}{page}."
            draft.paragraph(without_marks(said), chunk, 0, len(chunk.text))
        return bool(hits)

    def _with_documents(self, own: Answer) -> Answer:
        """Return what is attached and what the documents say of it; where it is from, if asked."""
        if _WHERE.search(self._asked.text):
            draft = CitedText()
            if not self._tell_standing(draft):
                draft.block(NOWHERE)
            return replace(draft.answer(own), answered=True, closest=False, complete=True)
        other = self._documents_alone()
        if not other.answered:
            notes = (*own.notes, NOT_IN_DOCUMENTS) if own.answered else own.notes
            return replace(own, notes=notes, nearest=other.nearest, complete=True)
        if own.state == "not_found":
            return replace(other, query=own.query, complete=True)
        if not own.answered:
            own = replace(own, answered=True, closest=False)
        return replace(joined(own, other, between=IN_DOCUMENTS), complete=True)

    def _likelier(self, own: Answer, share: float) -> Answer:
        """Return what is attached, or what the documents say: which holds more of what is named.

        Where the question points, they must also be likely to be right.
        """
        asked, other = self._asked.text, self._documents_alone()
        cited = "\n".join(citation.chunk.embedding_text for citation in other.citations)
        theirs = held_share(asked, cited, self.frequencies)
        likely = other.confidence >= LIKELY or not points(asked)
        if other.answered and likely and (theirs >= share or own.state == "not_found"):
            return replace(other, query=own.query, complete=True)
        return replace(own, nearest=other.nearest, complete=True)

    def _documents_alone(self) -> Answer:
        (*_, answer) = self.ask_documents(replace(self._asked, attachments=()))
        return answer

    def _written(self) -> Iterator[Answer]:
        """Yield what a model writes of what is attached and of the documents' likeliest places."""
        asked, own = self._asked, sorted(self._chunks, key=lambda chunk: chunk.image is None)
        found = self.rank(asked, SHOWN_HITS) if asked.text.strip() else []
        hits = [Hit(chunk=chunk, score=1.0, rank=1, channel="reranked") for chunk in own] + found
        last = None
        for answer in self.write(asked, renumber(hits)):
            last = replace(answer, query=self.whole.said, standalone_query=asked.text)
            yield last
        if last is not None:
            yield replace(last, complete=True)


def _spoken(whole: Question) -> Query | None:
    """Return what is asked in the one voice note that came without words; else None."""
    said = " ".join(attachment.said for attachment in whole.attachments)
    is_note = len(whole.attachments) == 1 and 0 < len(said.split()) <= SPOKEN_WORDS
    if whole.said.text.strip() or not is_note:
        return None
    return replace(whole.said, text=said, attachments=())


def _is_decided(answer: Answer, asked: Question) -> bool:
    """Whether a table gives what is asked for: worked out, or the row that the question names."""
    for citation in answer.citations[:1]:
        label = citation.quote.partition(CELL_SEPARATOR)[0]
        is_row = citation.chunk.role == "table" and label not in column_names(citation.chunk)
        if is_row and stands_in(label, asked.text):
            return True
    return bool(answer.table_queries) and answer.answered


def renamed(answer: Answer, given: Sequence[Attachment]) -> Answer:
    """Return the answer with its attachments under the names that the person knows."""
    names = {attachment.doc_id: attachment.name for attachment in given}

    def under_name(chunk: Chunk) -> Chunk:
        name = names.get(chunk.doc_id)
        return chunk if name is None else replace(chunk, source=name)

    def found(hits: Sequence[Hit]) -> tuple[Hit, ...]:
        return tuple(replace(hit, chunk=under_name(hit.chunk)) for hit in hits)

    context = replace(answer.context, hits=found(answer.context.hits))
    return replace(
        answer,
        context=replace(context, dropped=found(context.dropped)),
        citations=tuple(replace(c, chunk=under_name(c.chunk)) for c in answer.citations),
        hits=found(answer.hits),
        nearest=found(answer.nearest),
    )


def _without_pictures(answer: Answer, given: Sequence[Attachment]) -> Answer:
    own = {attachment.doc_id for attachment in given if attachment.image is not None}
    figures = (f for f in answer.figures if answer.citations[f.citation].chunk.doc_id not in own)
    return replace(answer, figures=tuple(figures))


def joined(first: Answer, second: Answer, *, between: str) -> Answer:
    """Return both as one answer: the second's marks are counted on, after the line `between`."""
    offset = len(first.context.hits)

    def counted(mark: re.Match[str]) -> str:
        return f"[{', '.join(str(int(number) + offset) for number in mark[1].split(','))}]"

    text = f"{first.text}\n\n{between}\n\n{MARK.sub(counted, second.text)}"
    hits = [replace(hit, rank=hit.rank + offset) for hit in second.context.hits]
    figures = [
        replace(figure, citation=figure.citation + len(first.citations))
        for figure in second.figures
    ]
    both = replace(
        first,
        figures=(*first.figures, *figures),
        hits=(*first.hits, *second.hits),
        notes=tuple(dict.fromkeys((*first.notes, *second.notes))),
        confidence=max(first.confidence, second.confidence),
    )
    return cited(both, text, Context(hits=(*first.context.hits, *hits)))


def source_of(doc_id: str, name: str) -> str:
    """Return the path under which an attachment is kept: files of one name stay apart."""
    return f"{folder_of(doc_id)}/{name}"


def folder_of(doc_id: str) -> str:
    """Return the folder of a file's paths; it has one for each name that it came by."""
    return doc_id[:12]


def _notes(given: Sequence[Attachment]) -> tuple[str, ...]:
    return tuple(attachment.note for attachment in given if attachment.note)


def _may_answer(chunk: Chunk, question: str) -> bool:
    """Whether a part of a picture may answer: of things that are seen, what asks of them alone."""
    if not chunk.text.startswith(SEEN):
        return True
    wanted = named(question)
    is_of_things = asks_for_thing(question) or not wanted
    return is_of_things or not set(wanted).isdisjoint(named(chunk.text))
