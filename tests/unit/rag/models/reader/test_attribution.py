import math

import pytest
import torch

from rag.models.reader.attribution import MOST_WORDS, Attributor, relevance_logit
from rag.models.reader.reader import Pair, Reader

QUESTION = "How deep was the snow in March?"
PASSAGE = "Marmots eat grass all summer. In March the snow was 317 cm deep. Bread costs two francs."


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.fixture(scope="module")
def attributor(reader):
    return Attributor(reader)


def told(attributor, question, passage):
    spans = attributor.telling_words(question, passage, context="report")
    return [passage[start:end] for start, end in spans]


def test_the_words_that_fit_the_question_moved_the_reader(attributor):
    words = told(attributor, QUESTION, PASSAGE)

    assert {"snow", "deep"} <= set(words)
    assert {"Bread", "francs"}.isdisjoint(words)
    assert len(words) <= MOST_WORDS


def test_what_is_explained_is_the_relevance_that_is_shown(reader):
    pair = Pair(question=QUESTION, passage=PASSAGE, context="report")
    window, _ = reader.most_relevant_window(pair)
    model, calibration = reader.network()
    with torch.no_grad():
        logit = relevance_logit(
            model,
            model.trunk.words(torch.tensor([window.ids])),
            torch.tensor([window.types]),
            torch.tensor([window.places]) >= 0,
            calibration,
        )
    (reading,) = reader.read_pairs([pair])

    assert 1 / (1 + math.exp(-logit.item())) == pytest.approx(reading.relevance, abs=0.03)
