"""What is asked, made of a message: its words, files, the part of a page, what is searched and not.

Knows the index, what came in, and bubbles; nothing of how answers grow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pagelight.services.answering.asking import attached, ready_documents, unread
from pagelight.services.answering.protocols import EngineSeam, Incoming
from pagelight.ui.chat.attachments import is_about, kept_of
from pagelight.ui.chat.bubbles import Begun, SentMessage
from pagelight.ui.chat.conversation_state import Conversation
from pagelight.ui.chat.conversations import Keeper
from pagelight.ui.html.language import key, known
from pagelight.ui.html.sentences import explained
from pagelight.ui.scope.scope import filters_of, named_in
from pagelight.ui.source.region import Regions
from rag.datamodel import NO_FILTERS, Answer, Attachment, Filters, Query
from rag.errors import SourceError
from rag.question_length import MOST_CHARACTERS
from rag.storage.conversations.conversations import KeptAttachment

MOST_FILES: Final = 10
"""Files of one message that are read."""

TOO_MANY: Final = key("{file} was not read: a question takes {most} files.")


PARTLY: Final = key("Only a part of the documents was searched.")
NOTHING: Final = key("No document fits what was chosen to be searched.")
READING: Final = key("Documents are still being read: ask again when that is done.")


class Questions:
    """Makes queries. One for the whole program; conversations come in as arguments."""

    def __init__(
        self,
        engine: EngineSeam,
        *,
        incoming: Incoming,
        keeper: Keeper,
        regions: Regions | None = None,
        is_reading: Callable[[], bool] = bool,
    ) -> None:
        """`is_reading` tells whether documents are being read just now."""
        self._engine = engine
        self._incoming = incoming
        self._keeper = keeper
        self._regions = regions
        self._is_reading = is_reading

    def scoped(self, asked: SentMessage) -> tuple[str, SentMessage]:
        """Return the words to search, and the message with its scope: files named with @ first."""
        if "@" not in asked.text or len(asked.text) > MOST_CHARACTERS:  # too long: to be refused
            return asked.text, asked
        sources = (source for doc in self._engine.index.documents() for source in doc.sources)
        text, named = named_in(asked.text, sources)
        return text, replace(asked, scope=named or asked.scope)

    def query(self, conversation: Conversation, begun: Begun, asked: SentMessage) -> Query:
        """Read the files and the part of a page that came with the words."""
        attachments = tuple(self._attachments(asked))
        if attachments:
            self._take(conversation, begun, attachments)
        region = None
        if asked.region and self._regions:
            region = self._regions.chunk(asked.region)
        return Query(
            text=asked.text,
            attachments=attachments,
            region=region,
            filters=filters_of(asked.scope),
            wishes=self._keeper.wishes(conversation.id),
        )

    def _attachments(self, asked: SentMessage) -> Iterator[Attachment]:
        """Yield what came with the question, read; what can't be read says why."""
        incoming = self._incoming
        for given in asked.given:
            yield self._again(given)
        if asked.picture:
            path = self._keeper.picture(asked.picture)
            yield incoming.attach(path, name=f"picture{path.suffix}", whole=False)
        paths = [Path(file) for file in asked.files]
        for path in paths[:MOST_FILES]:
            yield attached(lambda path: incoming.attach(path, whole=False), path)
        for path in paths[MOST_FILES:]:
            yield unread(path.name, known(TOO_MANY).format(file=path.name, most=MOST_FILES))

    def _again(self, given: KeptAttachment) -> Attachment:
        try:
            return self._incoming.attached_before(given.doc_id, given.name)
        except SourceError as error:
            return unread(given.name, explained(error))

    def _take(
        self, conversation: Conversation, begun: Begun, attachments: Sequence[Attachment]
    ) -> None:
        """Keep what was read with its question, whose bubble shows it from now on."""
        document = self._engine.index.document
        given = tuple(kept_of(each, document(each.doc_id)) for each in attachments)
        begun.asked = replace(begun.asked, files=(), picture="", given=given)
        conversation.show_question(begun)
        self._keeper.keep(conversation, begun, None)

    def end_given(self, conversation: Conversation, begun: Begun, whole: Answer) -> None:
        """Note whether the answer is about what came; what it did not need was not meant."""
        begun.is_about = is_about(whole, begun.asked.given)
        if begun.asked.follows and not begun.is_about:
            begun.asked = replace(begun.asked, given=(), follows=False)
            conversation.show_question(begun)

    def with_limits(self, answer: Answer) -> Answer:
        """Say, where nothing was found, that not all was searched."""
        if answer.answered:
            return answer
        only = replace(answer.query.filters, collections=None)
        part = (PARTLY if self._holds(only) else NOTHING,) if only != NO_FILTERS else ()
        reading = (READING,) if self._is_reading() else ()
        return replace(answer, notes=(*answer.notes, *part, *reading))

    def _holds(self, only: Filters) -> bool:
        """Tell whether any document is among those that were chosen."""
        return any(
            only.admit(source=source, media_type=record.media_type, day=record.day)
            for record in ready_documents(self._engine.index)
            for source in record.sources
        )
