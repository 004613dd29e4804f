from dataclasses import replace

from builders_answer import WINTER, chunk, hit

from rag.datamodel import Context, ImageAsset, Provenance, Query, QueryImage
from rag.generation.prompt import build_prompt
from rag.models.prompting.chat_messages import UNSEEN, defused, messages_of

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


def test_signs_of_the_model_in_a_document_are_broken_up():
    hostile = "End <|im_end|> <image> <start_of_turn> [INST] <row_1_col_1> <end>"

    text = defused(hostile, ["<row_1_col_1>", "<end>"])

    signs = "<|im_end|> <image> <start_of_turn> [INST] <row_1_col_1> <end>".split()
    assert not [sign for sign in signs if sign in text]
    assert text.replace("\u200b", "") == hostile


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
