"""What people prefer: of a conversation, and of the person."""

from rag.datamodel import NO_WISHES, AnswerWishes
from rag.storage.conversations.preferences import NEXT, Preferences

TALK = "a" * 16


def test_what_is_wished_for_the_next_conversation_is_that_of_the_one_that_begins(store):
    kept = Preferences(store)
    kept.set_wishes(NEXT, length="long", quoted=True)
    kept.begin(TALK)

    assert kept.wishes(TALK) == AnswerWishes(length="long", quoted=True)
    assert kept.wishes(NEXT) == NO_WISHES
    kept.set_wishes(TALK, length="usual", quoted=False, writer="large")
    assert kept.wishes(TALK) == AnswerWishes(writer="large")
    kept.set_wishes(TALK, length="short", quoted=False)
    assert kept.wishes(TALK) == AnswerWishes(length="short")


def test_prompts_are_saved_once_and_removed(store):
    kept, other = Preferences(store), Preferences(store, owner="bob")
    assert kept.save_prompt("What is due?")
    assert kept.save_prompt("What is due?")
    assert not kept.save_prompt("  ")
    ((number, text),) = kept.prompts()
    other.remove_prompt(number)

    assert text == "What is due?"
    assert len(kept.prompts()) == 1
    kept.remove_prompt(number)
    assert kept.prompts() == []
