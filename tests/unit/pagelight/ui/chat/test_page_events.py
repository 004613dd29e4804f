import re
import threading
from types import SimpleNamespace

import pytest
from builders_ui import a_chunk, a_document, an_answer, wait
from fake_engine import FakeEngine, streamer_of
from fake_library import FakeLibrary

from pagelight.server.events import Step, TabWishes
from pagelight.ui.chat.chat_sessions import ChatSessions, ShownTalk
from pagelight.ui.chat.conversation import Conversation
from pagelight.ui.chat.page import SHOWN, PageEvents, Tab, shown_html


class HeldEngine(FakeEngine):
    """Ends its answers when it is let go on."""

    go_on = threading.Event()

    def ask(self, query, history):
        yield from super().ask(query, history)
        assert self.go_on.wait(20)


@pytest.fixture
def library(tmp_path):
    return FakeLibrary(a_document(), folder=tmp_path)


@pytest.fixture
def talks(library):
    engine = FakeEngine(index=library, answers=[an_answer("Snow fell. [1]", a_chunk())])
    talks = ChatSessions(streamer_of(engine))
    yield talks
    talks.close()


@pytest.fixture
def wanted():
    return TabWishes()


@pytest.fixture
def page(talks, wanted):
    return PageEvents(talks, wanted)


def ask(page, text, shown="", tab=None):
    """Ask, and look once it is answered; return what the page shows then, and its bubbles."""
    tab = tab or Tab()
    *_, shown = page.asked({"text": text, "files": []}, shown, tab)
    return looked(page, tab)


def looked(page, tab):
    wait(lambda: page.opened(tab, at(tab.conversation.id)) and not tab.conversation.is_growing)
    bubbles, _, shown = page.opened(tab, at(tab.conversation.id))
    return shown, bubbles


def told(shown, name):
    """What the page's script reads."""
    return re.search(f'data-{name}="([^"]*)"', shown)[1]


def talk_of(shown):
    return ShownTalk(told(shown, "talk"), told(shown, "head"))


def want(page, wanted, shown, tab, *step):
    """Have a script's wish done, as the page does."""
    wanted.want(told(shown, "tab"), Step(*step))
    return page.next(shown, tab)


def at(address):
    return SimpleNamespace(headers={"referer": f"http://127.0.0.1:7860/c/{address}"})


def test_a_page_shows_the_conversation_that_its_address_names(page):
    asked, bubbles = ask(page, "Snow?")
    again, _, shown = page.opened(Tab(), at(told(asked, "talk")))

    assert (talk_of(shown), again) == (talk_of(asked), bubbles)
    assert told(shown, "tab") != told(asked, "tab")
    assert "Snow fell." in bubbles[-1]["content"]
    for elsewhere in (at(""), at("x"), SimpleNamespace(headers={})):
        nothing, _, shown = page.opened(Tab(), elsewhere)
        assert (talk_of(shown), nothing) == (ShownTalk(), [])


def test_where_another_tab_went_on_the_question_is_not_asked_and_it_is_told(page):
    here, _ = ask(page, "Snow?")
    there, _ = ask(page, "And rain?", here)
    with pytest.warns(UserWarning, match="went on in another tab"):
        shown, bubbles = ask(page, "And wind?", here)

    assert talk_of(shown) == talk_of(there)
    assert len(bubbles) == 4
    assert len(ask(page, "And wind?", shown)[1]) == 6


def test_words_that_are_not_asked_as_an_answer_grows_stay_in_the_box(library, wanted):
    engine = HeldEngine(index=library, answers=[an_answer("Snow", complete=False)])
    talks, tab = ChatSessions(streamer_of(engine)), Tab()
    page = PageEvents(talks, wanted)
    _, begun, shown = page.asked({"text": "Snow?", "files": []}, "", tab)
    _, held, _ = page.asked({"text": "And rain?", "files": []}, shown, tab)
    engine.go_on.set()
    talks.close()

    assert ["value" in box.constructor_args for box in (begun, held)] == [True, False]


def test_a_server_that_is_started_anew_goes_on_with_what_the_page_tells(page, talks):
    asked, _ = ask(page, "Snow?")
    anew = PageEvents(ChatSessions(talks._streamer), TabWishes())  # noqa: SLF001 - over the same ledger
    shown, bubbles = ask(anew, "And rain?", asked)

    assert len(bubbles) == 4
    assert told(shown, "tab") == told(asked, "tab")


def test_versions_of_a_question_are_gone_to(page, wanted):
    tab = Tab()
    asked, _ = ask(page, "Snow?", tab=tab)
    first = told(asked, "head")
    want(page, wanted, asked, tab, "again", first, "Rain?")
    edited, _ = looked(page, tab)
    assert told(edited, "head") != first

    *_, back = want(page, wanted, edited, tab, "branch", first)
    assert talk_of(back) == talk_of(asked)
    assert talk_of(page.stopped(back, tab)[2]) == talk_of(asked)


def test_what_a_script_wants_is_done_once_and_then_a_new_conversation_begun(page, wanted):
    tab = Tab()
    asked, bubbles = ask(page, "Snow?", tab=tab)
    *_, empty = page.next(asked, tab)
    assert told(empty, "talk") == ""

    again, _, opened = want(page, wanted, empty, tab, "open", told(asked, "talk"))
    assert (talk_of(opened), again) == (talk_of(asked), bubbles)
    want(page, wanted, opened, tab, "ask", "", "Rain?")
    more, _ = looked(page, tab)
    assert told(more, "talk") == told(asked, "talk")
    assert page.next(more, tab)[0] == []


def test_a_question_is_deleted_with_what_follows_it_and_the_last_one_can_be_had_back(
    page, wanted, talks, library
):
    tab = Tab()
    asked, bubbles = ask(page, "Snow?", tab=tab)
    talk, first = told(asked, "talk"), told(asked, "head")
    want(page, wanted, asked, tab, "ask", "", "Rain?")
    more, _ = looked(page, tab)

    left, _, shown = want(page, wanted, more, tab, "remove", told(more, "head"))
    assert (left, told(shown, "head")) == (bubbles, first)
    talks.restore(talk, told(more, "head"))
    assert talks.open(talk).head == told(more, "head")
    left, _, shown = want(page, wanted, more, tab, "remove", told(more, "head"))
    assert [each.id for each in library.conversations.get(talk)] == [first]
    nothing, _, empty = want(page, wanted, shown, tab, "remove", first)
    assert (nothing, told(empty, "talk")) == ([], "")
    library.conversations.restore(talk)
    assert talks.open(talk).head == first


def test_what_lies_beside_a_question_goes_with_it_and_with_no_other(page, wanted, talks):
    tab = Tab()
    *_, empty = page.next("", tab)
    wanted.lay(told(empty, "tab"), "scope", "in:a\nnonsense")
    asked, _ = ask(page, "Snow?", empty, tab)
    wanted.lay(told(asked, "tab"), "scope", "in:late")  # before the tab had heard that it is asked

    assert talks.scope(told(asked, "talk")) == ("in:a",)
    *_, empty = page.next(asked, tab)
    later, _ = ask(page, "Rain?", empty, tab)
    assert talks.scope(told(later, "talk")) == ()


def test_a_part_of_a_page_that_went_with_a_question_is_told_and_one_that_did_not_stays(
    page, wanted
):
    tab = Tab()
    first, _ = ask(page, "Snow?", "", tab)
    ask(page, "And rain?", first, Tab())
    wanted.lay(tab.id, "region", "none")
    with pytest.warns(UserWarning, match="went on in another tab"):
        moved, _ = ask(page, "And wind?", first, tab)
    assert (told(moved, "region"), wanted.laid(tab.id, "region")) == ("", "none")

    asked, _ = ask(page, "And wind?", moved, tab)
    assert told(asked, "region") == "none"


def test_the_page_is_told_what_a_conversation_is_asked_of_and_whether_it_is_answered(page, wanted):
    tab = Tab()
    *_, empty = page.next("", tab)
    wanted.lay(tab.id, "scope", "in:a")
    last, _ = ask(page, "Snow?", empty, tab)
    assert " data-growing" not in last
    talk = tab.conversation.id

    for *_, shown in (page.opened(Tab(), at(talk)), page.stopped(last, Tab())):
        assert told(shown, "talk") == talk
        assert told(shown, "head") == tab.conversation.head
        assert told(shown, "scope") == "[[&quot;in:a&quot;, &quot;a&quot;]]"
    assert told(page.next("", Tab())[2], "scope") == "[]"
    other = Tab()
    other.conversation = Conversation(growing={"role": "assistant", "content": ""})
    assert " data-growing" in shown_html(other, ())


def test_of_a_long_conversation_the_last_are_shown_and_more_when_they_are_asked_for(page, wanted):
    tab = Tab()
    shown = ""
    for n in range(SHOWN + 5):
        shown, bubbles = ask(page, f"Snow {n}?", shown, tab)
    assert len(bubbles) == 2 * (SHOWN + 5)  # what grew here is left as it is

    other = Tab()
    bubbles, _, shown = page.opened(other, at(tab.conversation.id))
    assert "Snow 5?" in bubbles[0]["content"]
    assert len(bubbles) == 2 * SHOWN
    assert told(shown, "earlier") == "5"
    assert ">5 earlier questions</button>" in shown
    bubbles, _, shown = want(page, wanted, shown, other, "earlier")
    assert len(bubbles) == 2 * (SHOWN + 5)
    assert told(shown, "earlier") == "0"
    assert "<button" not in shown
