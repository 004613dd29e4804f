"""What is asked of attachments and of documents: of files that can't be read, and of pictures."""

import pytest
from builders_ui import a_chunk, an_answer

from rag.answer.question.question import understand
from rag.attachments.answering import NOT_READ, AttachmentAnswers
from rag.datamodel import Attachment, Query, QueryImage
from rag.errors import WriterFailedError

BROKEN = Attachment(doc_id="", name="b.png", media_type="", note="b.png is broken.")
PHOTO = Attachment(
    doc_id="d" * 64,
    name="photo.png",
    media_type="image/png",
    image=QueryImage(path="photo.png", phash="0" * 16, lettering="STOP"),
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

    def document(self, _doc_id):
        return None

    def chunks_of(self, _doc_id):
        return [OWN]

    def same_pictures(self, _query):
        return []

    def rank(self, _query, _k):
        return []

    def write(self, query, hits):
        yield an_answer("Half a", query=query, hits=tuple(hits), complete=False)
        raise WriterFailedError("The model failed.")


def ask(text, *given, own=SNOW, documents=SNOW):
    there = Sides(documents)
    answers = AttachmentAnswers(Sides(own), there, lambda _: ({}, 100), writes=False)
    (*_, answer) = answers.ask(understand(Query(text=text, attachments=given)))
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
    answers = AttachmentAnswers(own, Sides(NOT_HELD), lambda _: ({}, 100), writes=True)
    *_, answer = answers.ask(
        understand(Query(text="What does the sign mean?", attachments=(PHOTO,)))
    )

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
    answers = AttachmentAnswers(own, Sides(NOT_HELD), lambda _: ({}, 100), writes=True)
    asked = Query(text="What does the sign mean?", attachments=(PHOTO,))
    *_, answer = answers.ask(understand(asked))

    assert (answer.text, answer.complete, answer.query) == (told, True, asked)
