"""From a question and what is attached to it to a cited answer: the attachment is read first.

The documents are asked besides where the question asks them, or names what only they hold; an
answer says which part came from where. Knows the seams; knows no model, no store and no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Protocol

from rag.answer.question.question import Question
from rag.attachments.aim import Frequencies, aim_of, held_share
from rag.attachments.forms import NO_LETTERING, UNSEEN, AttachedPicture, told_of
from rag.attachments.several import chosen, summed
from rag.attachments.told import ToldLine, answer_of, joined, line, placed
from rag.attachments.wishes import named, points
from rag.datamodel import Answer, Attachment, Chunk, Document, Filters, Hit, Query
from rag.errors import ModelError
from rag.retrieve.fusion import renumber

IN_DOCUMENTS: Final = "In the documents:"
NOT_IN_DOCUMENTS: Final = "The documents say nothing of it."
NOT_READ: Final = "What is attached could not be read."
NOWHERE: Final = "No document of the folder holds this picture."
LIKELY: Final = 0.5
"""Chance that what the documents say is right, where a question points at what is attached."""

SURE: Final = 0.9
"""The confidence of what is read off a picture's lettering by its place."""

SHOWN_HITS: Final = 8
"""So many places of the documents go to a model that writes, beside what is attached."""

_WHERE: Final = re.compile(
    r"which (?:document|file|report)|where .*\b(?:from|stand|appear)", re.IGNORECASE
)


class Ask(Protocol):
    """Answers a question from an index, growing; the last answer is complete."""

    def __call__(self, asked: Question, /) -> Iterator[Answer]: ...


class AttachedDocuments(Protocol):
    """What was attached: documents, their passages, and answers from them alone."""

    def document(self, doc_id: str) -> Document | None: ...
    def chunks_of(self, doc_id: str) -> list[Chunk]: ...
    def kind_of(self, doc: Document) -> str:
        """Return the kind of an attached picture, as `picture_kind`; "" for another file."""
        ...

    def ask(self, asked: Question, /) -> Iterator[Answer]: ...
    def write(self, asked: Question, hits: Sequence[Hit], /) -> Iterator[Answer]:
        """Yield what a model writes of the hits, as it grows; nothing where nothing of it stands.

        Raises ModelError.
        """
        ...


class FolderDocuments(Protocol):
    """The documents of the folder."""

    def ask(self, asked: Question, /) -> Iterator[Answer]: ...
    def rank(self, asked: Question, k: int, /) -> list[Hit]: ...
    def same_pictures(self, asked: Question, /) -> list[Hit]:
        """Return where an attached picture itself stands in the documents, best first."""
        ...


class AttachmentAnswers:
    """Answers questions that bring attachments. `writes`: a model writes the answers."""

    def __init__(
        self,
        attached: AttachedDocuments,
        documents: FolderDocuments,
        frequencies: Frequencies,
        *,
        writes: bool,
    ) -> None:
        self._attached = attached
        self._documents = documents
        self._frequencies = frequencies
        self._writes = writes

    def ask(self, whole: Question) -> Iterator[Answer]:
        """Yield a growing answer; the last one is `complete`."""
        asked = _about_attached(whole)
        meant = chosen(whole.attachments, whole.said.text)
        given = [attachment for attachment in meant if attachment.doc_id]
        unread = _notes([attachment for attachment in meant if not attachment.doc_id])
        answers = self._answers(whole, asked, given) if given else self._without(whole, unread)
        for answer in answers:
            told = renamed(answer, given)
            yield replace(told, notes=tuple(dict.fromkeys((*told.notes, *unread))))

    def _answers(
        self, whole: Question, asked: Question, given: Sequence[Attachment]
    ) -> Iterator[Answer]:
        note, is_told = "", False
        if self._writes:
            try:
                for answer in self._written(whole.said, asked, given):
                    is_told = answer.complete
                    yield answer
            except ModelError as error:
                note, is_told = str(error), False
        if not is_told:
            for answer in self._told(whole, asked, given):
                yield replace(answer, notes=(*answer.notes, *filter(None, (note,))))

    def _told(
        self, whole: Question, asked: Question, given: Sequence[Attachment]
    ) -> Iterator[Answer]:
        """Yield what the attachments and the documents say in their own words."""
        share = held_share(asked.text, self._lettering(given), self._frequencies)
        aim = aim_of(asked.text, share)
        if aim == "documents":
            yield from self._of_documents(whole, asked, given)
            return
        own = self._of_attachments(whole.said, asked, given)
        yield replace(own, complete=aim == "attachments")
        if aim == "both":
            yield self._with_documents(asked, own)
        elif aim == "either":
            yield self._likelier(asked, own, share)

    # The parts

    def _without(self, whole: Question, unread: Sequence[str]) -> Iterator[Answer]:
        """Yield what the documents say where they are asked, for nothing attached can be read."""
        query = whole.said
        aim = aim_of(query.text, held_share(query.text, "", self._frequencies))
        if aim not in {"documents", "both"}:
            yield Answer(
                query=query, text=NOT_READ, answered=False, notes=(*unread,), complete=True
            )
            return
        for answer in self._documents.ask(replace(whole, attachments=())):
            yield replace(answer, query=query)

    def _of_documents(
        self, whole: Question, asked: Question, given: Sequence[Attachment]
    ) -> Iterator[Answer]:
        """Yield what the documents say; where they do not, what the attachments do hold."""
        for answer in self._documents.ask(replace(whole, attachments=())):
            if answer.complete and not answer.answered:
                own = self._of_attachments(whole.said, asked, given)
                if own.answered:
                    near = replace(own, answered=False, closest=True, nearest=answer.nearest)
                    yield replace(near, notes=(*own.notes, NOT_IN_DOCUMENTS))
                    return
            yield replace(answer, query=whole.said)

    def _of_attachments(self, query: Query, asked: Question, given: Sequence[Attachment]) -> Answer:
        """Return what the attachments tell; an answer that tells nothing is not `answered`."""
        blank = Answer(query=query, standalone_query=asked.text, notes=_notes(given), complete=True)
        told = [self._form(asked.text, attachment) for attachment in given]
        if any(told):
            lines = summed(given, told, asked.text)
            known = list(self._standing(asked)) if not _WHERE.search(asked.text) else []
            return replace(answer_of(blank, [*lines, *known]), confidence=SURE)
        return self._searched(query, asked, given)

    def _form(self, question: str, attachment: Attachment) -> list[ToldLine]:
        """Return what a picture's form tells; nothing for other files and other questions."""
        doc = self._attached.document(attachment.doc_id)
        if doc is None or attachment.image is None:
            return []
        sheet = AttachedPicture(
            name=attachment.name, kind=self._attached.kind_of(doc), document=doc
        )
        return placed(told_of(sheet, question), self._attached.chunks_of(doc.id))

    def _searched(self, query: Query, asked: Question, given: Sequence[Attachment]) -> Answer:
        """Search the attachments as the documents are; where that fails, show what they say."""
        only = Filters(within=tuple(_source(a) for a in given))
        (*_, answer) = self._attached.ask(replace(asked, filters=only, image=None))
        answer = replace(_without_pictures(answer, given), query=query, standalone_query=asked.text)
        text = _not_told(given) if answer.state == "nothing" else answer.text
        return replace(answer, text=text, notes=(*answer.notes, *_notes(given)))

    def _standing(self, asked: Question) -> Iterator[ToldLine]:
        """Yield where an attached picture itself stands in the documents, with its words there."""
        for hit in self._documents.same_pictures(asked)[:1]:
            chunk = hit.chunk
            page = f", page {chunk.page}" if chunk.page else ""
            told = line(f"The same picture stands in {chunk.source}{page}.")
            yield replace(told, chunk=chunk)

    def _with_documents(self, asked: Question, own: Answer) -> Answer:
        """Return what is attached and what the documents say of it; where it is from, if asked."""
        if _WHERE.search(asked.text):
            found = list(self._standing(asked)) or [line(NOWHERE)]
            return replace(answer_of(own, found), confidence=SURE, complete=True)
        other = self._documents_alone(asked)
        if not other.answered:
            notes = (*own.notes, NOT_IN_DOCUMENTS) if own.answered else own.notes
            return replace(own, notes=notes, nearest=other.nearest, complete=True)
        if own.state == "nothing":
            return replace(other, query=own.query, complete=True)
        if not own.answered:
            own = replace(own, answered=True, closest=False)
        return replace(joined(own, other, between=IN_DOCUMENTS), complete=True)

    def _likelier(self, asked: Question, own: Answer, share: float) -> Answer:
        """Return what is attached, or what the documents say: which holds more of what is named.

        Where the question points, they must also be likely to be right.
        """
        other = self._documents_alone(asked)
        cited = "\n".join(citation.chunk.embedding_text for citation in other.citations)
        theirs = held_share(asked.text, cited, self._frequencies)
        likely = other.confidence >= LIKELY or not points(asked.text)
        if other.answered and likely and (theirs >= share or own.state == "nothing"):
            return replace(other, query=own.query, complete=True)
        return replace(own, nearest=other.nearest, complete=True)

    def _documents_alone(self, asked: Question) -> Answer:
        (*_, answer) = self._documents.ask(replace(asked, attachments=()))
        return answer

    # With a model that writes

    def _written(
        self, query: Query, asked: Question, given: Sequence[Attachment]
    ) -> Iterator[Answer]:
        """Yield what the model writes of the attachments, with the documents' likeliest places."""
        own = [chunk for a in given for chunk in self._attached.chunks_of(a.doc_id)]
        own.sort(key=lambda chunk: chunk.image is None)  # the pictures themselves first
        found = self._documents.rank(asked, SHOWN_HITS) if asked.text.strip() else []
        hits = [Hit(chunk=chunk, score=1.0, rank=1, channel="reranked") for chunk in own] + found
        last = None
        for last in self._attached.write(asked, renumber(hits)):
            yield replace(last, query=query, standalone_query=asked.text)
        if last is not None:
            yield replace(last, query=query, standalone_query=asked.text, complete=True)

    def _lettering(self, given: Sequence[Attachment]) -> str:
        chunks = (chunk for a in given for chunk in self._attached.chunks_of(a.doc_id))
        return "\n".join(f"{chunk.context}\n{chunk.text}" for chunk in chunks)


def _about_attached(whole: Question) -> Question:
    """Return the question standing alone; one that only points is about what is attached."""
    return whole.part(whole.standalone if named(whole.said.text) else whole.said.text)


def renamed(answer: Answer, given: Sequence[Attachment]) -> Answer:
    """Return the answer with its attachments under the names that the person knows."""
    names = {attachment.doc_id: attachment.name for attachment in given}

    def told(chunk: Chunk) -> Chunk:
        name = names.get(chunk.doc_id)
        return chunk if name is None else replace(chunk, source=name)

    def found(hits: Sequence[Hit]) -> tuple[Hit, ...]:
        return tuple(replace(hit, chunk=told(hit.chunk)) for hit in hits)

    context = replace(answer.context, hits=found(answer.context.hits))
    return replace(
        answer,
        context=replace(context, dropped=found(context.dropped)),
        citations=tuple(replace(c, chunk=told(c.chunk)) for c in answer.citations),
        hits=found(answer.hits),
        nearest=found(answer.nearest),
    )


def _without_pictures(answer: Answer, given: Sequence[Attachment]) -> Answer:
    """Return the answer without the attached pictures as figures: they stand in the question."""
    own = {attachment.doc_id for attachment in given if attachment.image is not None}
    figures = (f for f in answer.figures if answer.citations[f.citation].chunk.doc_id not in own)
    return replace(answer, figures=tuple(figures))


def _source(attachment: Attachment) -> str:
    return source_of(attachment.doc_id, attachment.name)


def source_of(doc_id: str, name: str) -> str:
    """Return the path under which an attachment is kept: files of one name stay apart."""
    return f"{folder_of(doc_id)}/{name}"


def folder_of(doc_id: str) -> str:
    """Return the folder of a file's paths; it has one for each name that it came by."""
    return doc_id[:12]


def _notes(given: Sequence[Attachment]) -> tuple[str, ...]:
    return tuple(attachment.note for attachment in given if attachment.note)


def _not_told(given: Sequence[Attachment]) -> str:
    if all(attachment.image is not None for attachment in given):
        what = (
            "The picture's lettering does not tell that."
            if any(a.image and a.image.lettering for a in given)
            else NO_LETTERING
        )
        return f"{what} {UNSEEN}"
    names = ", ".join(attachment.name for attachment in given)
    return f"{names} does not say that."
