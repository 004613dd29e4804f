"""Search by words over a real ledger: numbers, units, phrases, scripts, weights."""

import pytest
from builders_index import make_chunks, make_document, open_index, put_document


@pytest.fixture
def index(tmp_path):
    with open_index(tmp_path / "w") as opened:
        yield opened


def put(index, *texts, context="", source="a.txt", **more):
    document = make_document(*texts, source=source, **more)
    return put_document(index, document, make_chunks(document, context=context))


def found(index, words, **options):
    return [hit.chunk.text for hit in index.search_lexical(words, k=20, **options)]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("revenue of 1,419 dollars", "1419"),
        ("revenue of 1419 dollars", "$1,419"),
        ("revenue of 1\u00a0419 dollars", "1,419"),
        ("1,234,567 people", "1234567"),
        ("a load of 20kg", "20 kg"),
        ("a load of 20 kg", "20kg"),
        ("in FY2021 sales rose", "2021"),
        ("in FY 2021 sales rose", "fy2021"),
        ("a rate of 3.5 percent", "3.5%"),
        ("the annual 10-K filing", "10-K"),
        ("the U.S. economy", "US"),
        ("the US economy", "U.S."),
        ("Zürich lies low", "zurich"),
        ("ﬁnance report", "finance"),
        ("the researchers studied", "study researcher"),
        ("北京大学图书馆", "北京"),
        ("정보를 제공한다", "정보는 무엇"),
    ],
)
def test_words_find_what_is_written_otherwise(index, written, asked):
    put(index, written, "something else entirely", "and 99 more words")

    assert found(index, asked) == [written]


def test_common_words_count_for_less_than_rare_ones(index):
    texts = [f"report number{n} filler" for n in range(40)]
    put(index, *texts, "alpha beta gamma report")

    assert found(index, "report alpha beta gamma")[0] == "alpha beta gamma report"


def test_frequencies_count_any_form_of_a_word(index):
    put(index, "the studies", "a study of COVID-19", "covid19 studied")

    assert index.document_frequencies(["study", "covid-19", "10-K", "?"]) == (
        {"study": 3, "covid-19": 2, "10-K": 0, "?": 0},
        3,
    )


def test_text_that_sqlite_cannot_hold_is_indexed_and_returned_whole(index):
    text = "broken \ud800 snow \0 rain"
    put(index, text)

    assert found(index, "snow") == [text]
