"""What is asked of attachments and of documents: of files that can't be read, and of pictures."""

from dataclasses import replace

import pytest
from builders_answer import hit
from builders_ui import a_chunk, an_answer

from rag.attachments.answering import (
    NO_WORDS,
    NOT_READ,
    NOT_SEEN,
    SPOKEN_WORDS,
    UNSEEN,
    AttachmentAnswers,
)
from rag.datamodel import Attachment, Context, Query, QueryImage
from rag.errors import WriterFailedError
from rag.generation.citations import cited
from rag.understanding.question.question import understand

BROKEN = Attachment(doc_id="", name="b.png", media_type="", note="b.png is broken.")
PHOTO = Attachment(
    doc_id="d" * 64,
    name="photo.png",
    media_type="image/png",
    image=QueryImage(path="photo.png", phash="0" * 16, lettering="STOP"),
)
BLANK = Attachment(
    doc_id="e" * 64,
    name="blank.png",
    media_type="image/png",
    image=QueryImage(path="blank.png", phash="0" * 16, lettering=""),
)
OWN = a_chunk("STOP", source="dddddddddddd/photo.png", doc_id=PHOTO.doc_id)
SNOW = an_answer("Snow fell. [1]", a_chunk())
NOT_HELD = an_answer("Not held.", answered=False)


class Sides:
    """Attachments and documents at once, each with one answer to everything."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def ask(self, query):
        self.asked.append(query)
        yield self.answer

    def chunks_of(self, doc_id):
        return [OWN] if doc_id == PHOTO.doc_id else []

    def same_pictures(self, _query):
        return []

    def rank(self, _query, _k):
        return []

    def write(self, query, hits):
        yield an_answer("Half a", query=query, hits=tuple(hits), complete=False)
        raise WriterFailedError("The model failed.")


def answers_of(asked, own, there, **can):
    return AttachmentAnswers(
        whole=understand(asked),
        chunks_of=own.chunks_of,
        ask_attached=own.ask,
        ask_documents=there.ask,
        write=own.write,
        rank=there.rank,
        same_pictures=there.same_pictures,
        frequencies=lambda _: ({}, 100),
        **{"writes": False, **can},
    ).answers()


def ask(text, *given, own=SNOW, documents=SNOW, sees=False):
    there = Sides(documents)
    (*_, answer) = answers_of(Query(text=text, attachments=given), Sides(own), there, sees=sees)
    return answer, there.asked


def test_a_question_of_the_documents_is_answered_without_the_file_that_cannot_be_read():
    answer, (asked,) = ask("How much snow fell on the Sturmjoch?", BROKEN)

    assert answer.text == SNOW.text
    assert answer.notes == ("b.png is broken.",)
    assert asked.attachments == ()


@pytest.mark.parametrize("text", ["What is this?", "Total?", "Is this snow?", ""])
def test_a_question_about_a_file_that_cannot_be_read_asks_no_documents(text):
    answer, asked = ask(text, BROKEN)

    assert (answer.text, answer.answered, asked) == (NOT_READ, False, [])
    assert answer.notes == ("b.png is broken.",)


def test_what_is_attached_is_told_in_its_own_words_where_the_writer_fails():
    own = Sides(an_answer("STOP [1]", OWN))
    asked = Query(text="What does the sign mean?", attachments=(PHOTO,))
    *_, answer = answers_of(asked, own, Sides(NOT_HELD), writes=True)

    assert (answer.text, answer.complete) == ("STOP [1]", True)
    assert answer.notes[-1] == "The model failed."


class Writing(Sides):
    """Writes these texts of what is attached."""

    texts = ()

    def write(self, query, hits):
        for text in self.texts:
            yield an_answer(text, OWN, query=query, hits=tuple(hits), complete=False)


@pytest.mark.parametrize(
    ("texts", "told"), [((), "STOP [1]"), (("It [1]", "It says stop [1]"), "It says stop [1]")]
)
def test_where_nothing_that_is_written_stands_what_is_attached_is_told(texts, told):
    own = Writing(an_answer("STOP [1]", OWN))
    own.texts = texts
    asked = Query(text="What does the sign mean?", attachments=(PHOTO,))
    *_, answer = answers_of(asked, own, Sides(NOT_HELD), writes=True)

    assert (answer.text, answer.complete, answer.query) == (told, True, asked)


def test_what_the_table_of_an_attached_chart_answers_stands_before_all_that_is_on_it():
    row = a_chunk("Month | Sales\nMay | 40", doc_id=PHOTO.doc_id, role="table")
    own = cited(an_answer("May"), "May: 40 [1]", Context(hits=(hit(row, 1),)))

    answer, _ = ask("What is this STOP?", PHOTO, own=own, documents=NOT_HELD)

    assert answer.text == "May: 40 [1]\n\nphoto.png:\n\nSTOP [2]"
    assert [c.chunk.role for c in answer.citations] == ["table", "text"]


@pytest.mark.parametrize("lead", ["", "Closest:\n\n"])
def test_the_row_that_the_question_names_is_the_answer(lead):
    row = a_chunk("Month | Sales\nMay | 40", doc_id=PHOTO.doc_id, role="table")
    told = cited(an_answer("May"), f"{lead}May: 40 [1]\n\n“May June”", Context(hits=(hit(row, 1),)))
    own = replace(told, answered=not lead, closest=bool(lead))

    answer, _ = ask("What is this for May?", PHOTO, own=own, documents=NOT_HELD)

    assert (answer.text, answer.answered, len(answer.citations)) == ("May: 40 [1]", True, 1)


def test_the_name_of_a_column_names_no_row():
    row = a_chunk("Month | Sales\nMay | 40", doc_id=PHOTO.doc_id, role="table")
    own = cited(an_answer("May"), "May: 40 [1]", Context(hits=(hit(row, 1),)))

    answer, _ = ask("Which month is this STOP of?", PHOTO, own=own, documents=NOT_HELD)

    assert answer.text == "May: 40 [1]\n\nphoto.png:\n\nSTOP [2]"


@pytest.mark.parametrize(("sees", "told"), [(True, NOT_SEEN), (False, UNSEEN)])
def test_a_thing_that_is_not_seen_is_never_made_up(sees, told):
    answer, _ = ask("what animal is this?", PHOTO, own=NOT_HELD, documents=NOT_HELD, sees=sees)
    assert told in answer.text
    blank, _ = ask("what is this?", BLANK, own=NOT_HELD, documents=NOT_HELD, sees=sees)
    assert blank.text == f"{NO_WORDS} {told}"


class SeeingOnly(Sides):
    """The attachments of a picture without letters on which a cat was seen."""

    def chunks_of(self, doc_id):
        return [a_chunk("Seen: cat 96 %", source="dddddddddddd/photo.png", doc_id=doc_id)]


@pytest.mark.parametrize(
    ("question", "is_of_it"),
    [
        ("what animal is this?", True),
        ("what is this?", True),
        ("is it a cat?", True),
        ("when does the hut close?", False),
        ("who signed the delivery?", False),
    ],
)
def test_a_picture_of_things_alone_answers_what_asks_of_them_and_nothing_else(question, is_of_it):
    asked = Query(text=question, attachments=(PHOTO,))
    (*_, answer) = answers_of(asked, SeeingOnly(NOT_HELD), Sides(NOT_HELD), sees=True)

    assert ("cat 96 %" in answer.text) == is_of_it


def voice_note(said):
    return Attachment(doc_id="f" * 64, name="note.ogg", media_type="audio/ogg", said=said)


def test_a_voice_note_without_words_is_the_question_itself():
    answer, (asked,) = ask("", voice_note("How much snow fell on the pass?"), own=NOT_HELD)

    assert answer.text == SNOW.text
    assert (asked.said.text, asked.attachments) == ("How much snow fell on the pass?", ())
    assert answer.standalone_query == "How much snow fell on the pass?"
    assert answer.query.text == ""
    assert answer.turn("").question == "How much snow fell on the pass?"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("What is this?", "How much snow fell?"), ("", " ".join(["snow"] * (SPOKEN_WORDS + 1)))],
)
def test_a_voice_note_with_words_or_a_long_one_is_what_is_asked_about(typed, said):
    answer, asked = ask(typed, voice_note(said), own=an_answer("Snow. [1]", OWN))

    assert answer.text == "Snow. [1]"
    assert all(one.said.text == typed for one in asked)


def test_a_voice_note_that_the_documents_do_not_answer_is_told_itself():
    said = an_answer("The fuses are in the box. [1]", OWN)

    answer, _ = ask("", voice_note("The fuses are in the box."), own=said, documents=NOT_HELD)
    other, _ = ask("", voice_note("Where are the fuses?"), own=said, documents=NOT_HELD)

    assert answer.text == said.text
    assert other.text == NOT_HELD.text
