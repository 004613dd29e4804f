"""Rows of relevance: what is judged relevant, set against what the search finds beside it."""

import json
import random

import pytest

from rag.evaluate.measures.collections import read_collection
from training.answers.relevance import rows_of

TEXTS = {
    "1": ("The depth of snow in spring", "The depth of snow in spring . It is deepest in March."),
    "2": ("The height of birches up north", "They grow to 20 m."),
    "3": ("Salt", "It melts snow."),
}


@pytest.fixture
def folder(tmp_path):
    lines = [json.dumps({"id": n, "title": t, "text": x}) for n, (t, x) in TEXTS.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines))
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "text": "measured, never read"}')
    (tmp_path / "qrels.tsv").write_text("q\t1\t1\n")
    (tmp_path / "queries_train.jsonl").write_text('{"id": "t", "text": "Salt melts snow."}')
    (tmp_path / "qrels_train.tsv").write_text("query-id\tcorpus-id\tscore\nt\t3\t1\n")
    return tmp_path


@pytest.fixture
def rows(folder):
    collection = read_collection(folder)
    find = lambda _words: list(collection.texts)  # noqa: E731
    return list(rows_of(find, collection, folder, 10, random.Random(1)))


def test_a_claim_is_set_against_all_that_is_found_but_not_judged_relevant(rows):
    claims = [row for row in rows if row["set"] == "claims"]

    assert {row["question"] for row in claims} == {"Salt melts snow."}
    assert [row["lead"] for row in claims if row["relevant"]] == ["Salt"]
    assert {row["lead"] for row in claims if not row["relevant"]} == {
        TEXTS["1"][0],
        TEXTS["2"][0],
    }


def test_a_title_is_asked_of_its_text_without_the_title(rows):
    titles = [row for row in rows if row["set"] == "titles" and row["relevant"]]

    assert {(row["question"], row["context"], row["lead"]) for row in titles} == {
        (TEXTS["1"][0], ". It is deepest in March.", ""),
        (TEXTS["2"][0], "They grow to 20 m.", ""),
    }


def test_no_query_that_is_measured_is_read(rows):
    assert not any("measured" in row["question"] for row in rows)
