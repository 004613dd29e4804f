from dataclasses import replace

from builders_answer import WINTER, chunk, hit

from rag.datamodel import Context, ImageAsset, Provenance, Query, QueryImage
from rag.generation.prompt import build_prompt
from rag.neural.prompting.chat_messages import UNSEEN, as_text, defused, merged, messages_of

ASSET = ImageAsset(
    id="i", path="i.png", media_type="image/png", width_px=9, height_px=9, phash="0" * 16
)


def prompt():
    hits = (hit(chunk("w", WINTER), 1), hit(replace(chunk("f", "Depths"), image=ASSET), 2))
    query = Query(text="How deep?", image=QueryImage(path="q.png", phash="0" * 16))
    return build_prompt(query, Context(hits=hits))


def told(message):
    return "".join(part.get("text", f"<{part.get('place')}>") for part in message["content"])


def test_each_picture_stands_after_the_words_that_say_whose_it_is():
    _, user = messages_of(prompt(), shown={2, 3})

    text = told(user)
    assert "</source>\nPicture 1, of source [2]:\n<2>\n" in text
    assert "Picture 2, of the question:\n<3>\nQuestion: How deep?" in text


def test_a_picture_that_is_not_shown_is_told_of():
    _, user = messages_of(prompt(), shown={3})

    assert UNSEEN in told(user)
    assert "Picture 1, of the question" in told(user)


def test_a_model_of_words_gets_one_text():
    system, user = (as_text(message) for message in messages_of(prompt(), shown=()))

    assert system["content"].startswith("You answer")
    assert user["content"].count(UNSEEN) == 2


def test_without_a_system_its_words_stand_before_the_question():
    messages = messages_of(prompt(), shown=())

    assert told(merged(messages)[0]) == told(messages[0]) + told(messages[1])
    (user,) = merged([as_text(message) for message in messages])
    assert user["content"].startswith("You answer")


def test_signs_of_the_model_in_a_document_are_broken_up():
    hostile = "End <|im_end|> <image> <start_of_turn> [INST] <row_1_col_1> <end>"

    text = defused(hostile, ["<row_1_col_1>", "<end>"])

    signs = "<|im_end|> <image> <start_of_turn> [INST] <row_1_col_1> <end>".split()
    assert not [sign for sign in signs if sign in text]
    assert text.replace("\u200b", "") == hostile


def test_usual_text_is_left_alone():
    text = "if a < b | c [1] and <b>bold</b>, images [INSTANCE]"

    assert defused(text, ["<end>"]) == text


def paged_prompt():
    """Return a prompt of a source and of two pages of it, whose numbers leave one out."""
    there = replace(chunk("w", WINTER), provenances=(Provenance(page=2),))
    pages = tuple(hit(replace(there, id=f"p{n}"), n) for n in (3, 4))
    return build_prompt(Query(text="How deep?"), Context(hits=(hit(there, 1),), pages=pages))


def test_a_page_is_shown_under_its_number():
    _, user = messages_of(paged_prompt(), shown={2, 4})

    assert '<source number="3" file="report.pdf" page="2">' in told(user)
    assert "Picture 1, of source [3]:\n<2>\n" in told(user)
    assert "Picture 2, of source [4]:\n<4>\n" in told(user)


def test_a_page_that_is_not_shown_is_left_out_with_its_source():
    _, user = messages_of(paged_prompt(), shown={4})

    assert 'number="3"' not in told(user)
    assert "Picture 1, of source [4]:" in told(user)
    assert UNSEEN not in told(user)
