from types import SimpleNamespace

import pytest
from builders_ui import FakeEngine, FakeLibrary, a_chunk, a_document, an_answer

from ui.chat.conversation import Replier
from ui.chat.conversation_state import Conversation
from ui.chat.conversations import Keeper
from ui.chat.page_events import GONE, PageEvents, Tab, mirror_html
from ui.chat.talks import Talks


@pytest.fixture
def talks(tmp_path):
    library = FakeLibrary(a_document(), folder=tmp_path)
    engine = FakeEngine(index=library, answers=[an_answer("Snow fell. [1]", a_chunk())])
    keeper = Keeper(library.conversations, library)
    talks = Talks(Replier(engine, incoming=engine.incoming, keeper=keeper))
    yield talks
    talks.close()


@pytest.fixture
def page(talks):
    return PageEvents(talks)


def ask(page, text, talk="", tab=None):
    """Ask and look on to the end; return what the page shows then, and its bubbles."""
    tab = tab or Tab()
    talk, bubbles, *_ = page.asked({"text": text, "files": []}, "", "", talk, tab)
    for more, *_ in page.look(tab):
        bubbles = more if isinstance(more, list) else bubbles
    return talk, bubbles


def at(address):
    return SimpleNamespace(query_params={"c": address} if address else {})


def test_a_page_shows_the_conversation_that_its_address_names(page):
    talk, bubbles = ask(page, "Snow?")
    shown, again, *_ = page.opened(Tab(), at(talk.split()[0]))

    assert (shown, again) == (talk, bubbles)
    assert "Snow fell." in bubbles[-1]["content"]
    assert page.opened(Tab(), at(""))[:2] == ("", [])


def test_an_address_of_no_conversation_is_told_and_shows_an_empty_one(page):
    with pytest.warns(UserWarning, match=GONE):
        assert page.opened(Tab(), at("0" * 16))[:2] == ("", [])


def test_where_another_tab_went_on_the_question_is_not_asked_and_it_is_told(page):
    here, _ = ask(page, "Snow?")
    there, _ = ask(page, "And rain?", here)
    with pytest.warns(UserWarning, match="went on in another tab"):
        shown, bubbles = ask(page, "And wind?", here)

    assert shown == there
    assert len(bubbles) == 4
    assert len(ask(page, "And wind?", shown)[1]) == 6


def test_a_server_that_is_started_anew_goes_on_with_what_the_page_tells(page, talks):
    talk, _ = ask(page, "Snow?")
    anew = PageEvents(Talks(talks._replier))  # noqa: SLF001 - over the same ledger

    assert len(ask(anew, "And rain?", talk)[1]) == 4


def test_who_looks_at_something_else_sees_no_more_of_the_former(page):
    tab = Tab()
    page.asked({"text": "Snow?", "files": []}, "", "", "", tab)
    looking = page.look(tab)
    next(looking)
    page.fresh(tab)

    assert not any(isinstance(bubbles, list) for bubbles, *_ in looking)
    assert next(page.look(tab))[0] == []


def test_an_answer_that_ends_before_it_is_looked_at_on_is_shown_whole(page, talks):
    tab = Tab()
    page.asked({"text": "Snow?", "files": []}, "", "", "", tab)
    looking = page.look(tab)
    next(looking)
    talks.close()  # waits for its end

    shown = [bubbles for bubbles, *_ in looking if isinstance(bubbles, list)]
    assert shown[-1] == tab.conversation.messages


def test_versions_of_a_question_are_gone_to(page):
    talk, _ = ask(page, "Snow?")
    first = talk.split()[1]
    tab = Tab()
    edited, *_ = page.resent(f"{first}\nRain?", talk, tab)
    list(page.look(tab))
    assert edited.split()[1] != first

    assert page.went(first, edited, tab)[0] == talk
    assert page.stopped(talk, tab)[0] == talk


def test_the_page_is_told_what_a_conversation_is_asked_of_and_whether_it_is_answered(page):
    tab = Tab()
    page.asked({"text": "Snow?", "files": []}, "", "in:a\n<b>.pdf", "", tab)
    *_, last, _ = page.look(tab)
    assert " data-growing" not in last[2]
    talk = tab.conversation.id

    for again in (page.opened(Tab(), at(talk)), page.stopped(talk, Tab())):
        assert f'data-talk="{talk}"' in again[3]
        assert f'data-head="{tab.conversation.head}"' in again[3]
        assert 'data-scope="[[&quot;in:a&quot;, &quot;a&quot;]]"' in again[3]
    assert 'data-talk="" data-head="" data-scope="[]"' in page.fresh(Tab())[3]
    growing = Conversation(growing={"role": "assistant", "content": ""})
    assert " data-growing" in mirror_html(growing, ())
