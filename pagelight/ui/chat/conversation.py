"""What was said in one conversation, and how it is kept and opened again with its sources.

Bubbles to show, turns for later questions to refer to, and what came with a question: where it
opens, and what follows up on it. Knows nothing of engines, Gradio or HTTP.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from pagelight.services.answering.asking import Library
from pagelight.services.answering.places import (
    Place,
    answer_key,
    cells_of,
    cited_place,
    considered_of,
    places_of,
)
from pagelight.ui.answers.render import answer_html, bubble, plain_html
from pagelight.ui.language import key, known, say
from pagelight.ui.scope import scope_text
from pagelight.ui.source.crops import Region, Regions
from rag.datamodel import Answer, Attachment, Chunk, Document, Turn
from rag.datamodel.writing import SearchStep
from rag.errors import PagelightError, SourceError
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import Exchange, KeptAttachment
from rag.storage.conversations.reports import report_id_of
from rag.storage.database.servers import GrowingAnswers
from rag.summarization.summarizer import STAGE as SUMMARY_STAGE
from rag.understanding.wishes.summary_wish import LENGTHS, summary_wish

logger = logging.getLogger(__name__)

_NAMES: Final = re.compile(
    r"\b(?:the|this|that|these|those|my|both|first|second|third|last|attached) "
    r"(?:\w+ )?(?:pictures?|photos?|images?|charts?|graphs?|diagrams?|drawings?|screenshots?|"
    r"receipts?|invoices?|scans?|files?|pdfs?|sheets?|spreadsheets?|attachments?)\b|\battached\b",
    re.IGNORECASE,
)
"""How a question speaks of what was attached before; "the document" is one of the folder."""

MIN_NAME_LETTERS: Final = 4
"""Letters of a file's name that a question names it by."""


def kept_of(attachment: Attachment, doc: Document | None) -> KeptAttachment:
    """Return what is kept of an attachment; `doc` is what was read of it."""
    image = next((e.image for e in doc.elements if e.image), None) if doc else None
    is_picture = attachment.media_type.startswith("image/")
    picture = image.id if image and is_picture else ""
    return KeptAttachment(doc_id=attachment.doc_id, name=attachment.name, picture=picture)


def names_attached(text: str, given: Sequence[KeptAttachment]) -> bool:
    """Tell whether a question speaks of what was attached before: by its kind or its name."""
    stems = [each.name.lower().partition(".")[0] for each in given]
    long = [re.escape(stem) for stem in stems if len(stem) >= MIN_NAME_LETTERS]
    named = long and re.search(rf"\b(?:{'|'.join(long)})\b", text.lower())
    return bool(_NAMES.search(text) or named)


def is_about(answer: Answer, given: Sequence[KeptAttachment]) -> bool:
    """Tell whether an answer stands on what was attached; one that stands on nothing does."""
    own = {each.doc_id for each in given if each.doc_id}
    cited = {citation.chunk.doc_id for citation in answer.citations}
    return bool(own) and (not cited or bool(own & cited))


def given_places(
    given: Sequence[KeptAttachment],
    answer: Answer | None,
    document: Callable[[str], Document | None],
) -> Iterator[Place]:
    """Yield where each attachment opens: at the words that `answer` cites, else its start."""
    citations = [cited_place(one, answer) for one in answer.citations] if answer else []
    for number, each in enumerate(given, start=1):
        cited = [place for place in citations if place.chunk.doc_id == each.doc_id]
        doc = document(each.doc_id)
        start = 1 if doc is not None and doc.page_count else None
        page = cited[0].page if cited else start
        boxes = dict.fromkeys(box for place in cited if place.page == page for box in place.boxes)
        chunk = Chunk(id="", doc_id=each.doc_id, source=each.name, ordinal=0, text=each.name)
        yield Place(number=number, chunk=chunk, page=page, boxes=tuple(boxes))


STOPPED: Final = key("Stopped.")
UNFINISHED: Final = key("No answer came to its end: it was stopped, or Pagelight was.")
SIZES: Final = {"short": key("Short"), "medium": key("Medium"), "long": key("Long")}

Message = dict[str, Any]
"""A bubble, as the chat component takes it: role and content."""


@dataclass(slots=True, kw_only=True)
class ExchangeView:
    """What is asked, as it is kept by now, and its two bubbles.

    It follows the exchange `after` (an id, "" none); `versions` are the ids of those that follow
    the same one, itself among them. `files` are paths of what came and is still to be read; it
    `follows` where that came with an earlier message. `turn` is for later questions, None without
    an answer; `is_about` tells that the answer is about what came.
    """

    asked: Exchange
    files: tuple[str, ...] = ()
    follows: bool = False
    region: Region | None = None
    versions: tuple[str, ...] = ()
    conversation_id: str = ""
    after: str = ""
    is_about: bool = False
    turn: Turn | None = None
    question: Message = field(default_factory=lambda: {"role": "user", "content": ""})
    bubble: Message = field(default_factory=lambda: {"role": "assistant", "content": ""})

    @property
    def key(self) -> str:
        """What the places of its answer are asked for by."""
        return answer_key(self.conversation_id, self.asked.id)

    def show_question(self) -> None:
        """Let the question's bubble show what came with it, as far as it is read by now."""
        asked = self.asked
        html = bubble(
            "chat/question.html",
            exchange=self,
            asked=asked,
            files=[Path(file).name for file in self.files],
            scope=scope_text(asked.scope),
        )
        self.question["content"] = str(html)

    def show_waiting(self, text: str, steps: Iterable[SearchStep] = ()) -> None:
        self.bubble["content"] = str(plain_html(text, "waiting", steps=steps))

    def show_answer(self, answer: Answer) -> None:
        """Let the answer's bubble show it, with what can be done with it once it is whole."""
        asked = self.asked = replace(self.asked, answer=answer)
        is_summary = any(stage == SUMMARY_STAGE for stage, _ in answer.timings_s)
        wish = summary_wish(asked.question) if is_summary else None
        tools = bubble(
            "chat/tools.html",
            id=asked.id,
            place=f"{self.conversation_id}/{asked.id}",
            report=report_id_of(self.conversation_id, asked),
            sizes=[(one, SIZES[one]) for one in LENGTHS if wish and one != wish.length],
        )
        self.bubble["content"] = str(answer_html(answer, key=self.key, tools=tools))

    def show_failure(self, why: str) -> None:
        """Show why there is no answer; "": the program ended before it came."""
        self.asked = replace(self.asked, answer=None, failure=why)
        tools = bubble("chat/tools.html", id=self.asked.id, place="", sizes=())
        kind: Literal["stopped", "failed"] = "stopped" if why in {"", STOPPED} else "failed"
        self.bubble["content"] = str(plain_html(known(why or UNFINISHED), kind, tools=tools))


@dataclass(slots=True)
class Conversation:
    """What was said; `growing` is the bubble that an answer grows in. `id` is "" at first."""

    growing: Message | None = None
    id: str = ""
    exchanges: list[ExchangeView] = field(default_factory=list)

    @property
    def messages(self) -> list[Message]:
        return [bubble for each in self.exchanges for bubble in (each.question, each.bubble)]

    @property
    def turns(self) -> list[Turn]:
        return [each.turn for each in self.exchanges if each.turn]

    @property
    def latest(self) -> Answer | None:
        """The last answer, as far as it has come."""
        return self.exchanges[-1].asked.answer if self.exchanges else None

    @property
    def is_growing(self) -> bool:
        return self.growing is not None

    @property
    def head(self) -> str:
        """The id of the last exchange; "" where there is none."""
        return self.exchanges[-1].asked.id if self.exchanges else ""

    def begin(self, exchange: ExchangeView, *, waiting: str = "") -> None:
        """Add a question, and the bubble that its answer will grow in: `growing`."""
        exchange.conversation_id, exchange.after = self.id, self.head
        exchange.show_question()
        exchange.show_waiting(waiting)
        self.exchanges.append(exchange)
        self.growing = exchange.bubble

    def carried(self, text: str, scope: Sequence[str]) -> tuple[KeptAttachment, ...]:
        """Return what a question without files goes on from.

        What the last answer was about, if the scope is its own; or what the words name, the latest.
        """
        for exchange in reversed(self.exchanges):
            given = tuple(each for each in exchange.asked.attachments if each.doc_id)
            is_last = exchange is self.exchanges[-1] and exchange.asked.scope == tuple(scope)
            if given and ((is_last and exchange.is_about) or names_attached(text, given)):
                return given
        return ()

    def stop(self) -> ExchangeView:
        """Leave the answer as far as it has come, if it has a word; what comes later is dropped."""
        exchange, latest, self.growing = self.exchanges[-1], self.latest, None
        if latest is None:
            exchange.show_failure(STOPPED)
        else:
            whole = replace(latest, notes=(*latest.notes, STOPPED), complete=True)
            exchange.turn = whole.turn(exchange.asked.question)
            exchange.show_answer(whole)
        return exchange


class ConversationSaver:
    """Stores conversations and opens them. A workspace that can't be written costs no answer."""

    def __init__(self, library: Library, *, regions: Regions | None = None) -> None:
        self.store: Conversations = library.conversations
        self.growing: GrowingAnswers = library.growing
        self.regions = regions
        self.library = library

    def keep(self, exchange: ExchangeView) -> None:
        """Store an exchange as it is by now."""
        with tried("a conversation"):
            self.store.put(exchange.conversation_id, exchange.asked, after=exchange.after)

    def begin(self) -> str:
        """Return the id of a conversation that begins: what was wished for the next is for it."""
        conversation_id = self.store.new_id()
        with tried("how answers are wanted"):
            self.library.preferences.begin(conversation_id)
        return conversation_id

    def picture(self, picture: str) -> Path:
        """Return where a picture of a question is stored. Raises SourceError if it is gone."""
        found = self.library.assets.find(picture)
        if found is None:
            raise SourceError("The picture of this question is no longer stored.")
        return found[0]

    def reopened(self, conversation_id: str) -> Conversation:
        """Return a conversation as it was; an empty one for an id that is unknown."""
        exchanges = self.store.get(conversation_id)
        conversation = Conversation(id=conversation_id if exchanges else "")
        versions = self.store.versions(conversation_id)
        earlier = set[str]()
        for kept in exchanges:
            came = {each.doc_id for each in kept.attachments}
            exchange = ExchangeView(
                asked=kept,
                follows=bool(came) and came <= earlier,
                region=self.regions.find(kept.region) if self.regions else None,
                versions=versions.get(kept.id, ()),
            )
            earlier |= came
            conversation.begin(exchange)
            if kept.answer is None:
                exchange.show_failure(kept.failure)
                continue
            exchange.is_about = is_about(kept.answer, kept.attachments)
            answer = self._with_gone(kept.answer)
            exchange.turn = answer.turn(kept.question)
            exchange.show_answer(answer)
        conversation.growing = None
        return conversation

    def _with_gone(self, answer: Answer) -> Answer:
        """Name the sources that the index no longer holds with the bytes that were read."""
        cited = {place.chunk.doc_id: place.chunk.source for place in places_of(answer)}
        gone = [source for doc_id, source in cited.items() if not self.library.document(doc_id)]
        if not gone:
            return answer
        line = say("Changed or removed since this was asked: {files}.", files=", ".join(gone))
        return replace(answer, notes=(*answer.notes, line))


@contextmanager
def tried(what: str) -> Iterator[None]:
    """Let what is kept, `what` in words, be lost where it can't be."""
    try:
        yield
    except PagelightError as error:
        logger.warning("%s could not be kept: %s", what, error)


def places_by(
    key: str, library: Library, growing: Callable[[str, str], Answer | None]
) -> tuple[Place, ...]:
    """Return the places of one's own key; `growing` returns an answer so far, by its ids."""
    conversation_id, _, rest = key.partition("_")
    exchange_id, _, kind = rest.partition("_")
    grown = growing(conversation_id, exchange_id)  # first: it may be kept, and grow no more
    kept, pinned = library.conversations.exchange, library.pins.exchange
    exchange = kept(conversation_id, exchange_id) or pinned(conversation_id, exchange_id)
    if exchange is None:
        return ()
    answer = exchange.answer or grown
    if kind == "g":
        return tuple(given_places(exchange.attachments, answer, library.document))
    if answer is None:
        return ()
    if kind == "w":
        return cells_of(answer)
    unused, left_out = considered_of(answer)
    return (*unused, *left_out) if kind == "c" else places_of(answer)
