"""Search by words over a real ledger: numbers, units, phrases, scripts, weights."""

import pytest
from builders_index import make_chunks, make_document

from rag.index.rows.words import fold, query_phrases
from rag.index.search import lexical
from rag.index.workspace.store import WorkspaceIndex


@pytest.fixture
def index(tmp_path):
    with WorkspaceIndex.open(tmp_path / "w", model_id="m", dim=2, chunker_version="1") as opened:
        yield opened


def put(index, *texts, context="", source="a.txt", **more):
    document = make_document(*texts, source=source, **more)
    chunks = make_chunks(document, context=context)
    index.put(document, chunks, {chunk.id: [1.0, 0.0] for chunk in chunks})
    return chunks


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


def test_a_decimal_number_is_not_its_parts_apart(index):
    put(index, "3 apples and 5 pears", "3.5 apples")

    assert found(index, "3.5") == ["3.5 apples"]


def test_stop_words_alone_are_searched_all_the_same(index):
    put(index, "The Who played", "other music")

    assert found(index, "the who") == ["The Who played"]


def test_common_words_count_for_less_than_rare_ones(index):
    texts = [f"report number{n} filler" for n in range(40)]
    put(index, *texts, "alpha beta gamma report")

    assert found(index, "report alpha beta gamma")[0] == "alpha beta gamma report"


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("What is the net income of Costco in 2021?", ["net", "income", "costco", "2021"]),
        ("Wie heißt der Raum mit den offenen Mengen?", ["raum", "offenen", "mengen"]),
        (
            "À quelle université appartiennent les auteurs ?",
            ["université", "appartiennent", "auteurs"],
        ),
        ("¿Cuál es la capital de la provincia?", ["capital", "provincia"]),
        ("Qual è il prezzo della camera?", ["prezzo", "camera"]),
        ("Hoeveel kost het kaartje voor de trein?", ["kost", "kaartje", "trein"]),
        ("Quantos habitantes tem a cidade?", ["habitantes", "cidade"]),
        ("Die Hard tickets", ["die", "hard", "tickets"]),
    ],
)
def test_the_stop_words_are_those_of_the_language_of_the_question(question, phrases):
    assert query_phrases(question) == phrases


def test_words_of_very_many_chunks_give_way_when_enough_others_remain(index, monkeypatch):
    monkeypatch.setattr(lexical, "COMMON_CHUNKS", 5)
    texts = [f"report number{n} filler" for n in range(40)]
    put(index, *texts, "alpha beta gamma report")

    assert found(index, "report alpha beta gamma") == ["alpha beta gamma report"]


def test_a_chunk_counts_for_its_page_too(index):
    put(index, "opening hours", "from nine to five", source="a.txt", name="a")
    put(index, "closing times", "from nine to five", source="b.txt", name="b")

    hits = index.search_lexical("opening nine five", k=4)

    assert [hit.chunk.text for hit in hits if hit.chunk.source == "a.txt"] == found(
        index, "opening nine five"
    )[:2]


def test_scores_of_words_are_shares_of_what_is_asked_for(index):
    put(index, "alpha beta gamma", "delta", *[f"filler{n}" for n in range(20)])

    scores = [hit.score for hit in index.search_lexical("alpha beta gamma missing", k=3)]

    assert all(0 < score < 1 for score in scores)


def test_common_words_are_searched_when_there_is_nothing_else(index):
    texts = [f"report number{n}" for n in range(10)]
    put(index, *texts)

    assert sorted(found(index, "report")) == sorted(texts)


def test_weights_choose_between_context_and_text(index):
    put(index, "glacier plain words here", context="plain name", source="a.txt", name="a")
    put(index, "plain plain words here", context="glacier name", source="b.txt", name="b")

    by_text = found(index, "glacier", weights=(0.1, 5.0))
    by_context = found(index, "glacier", weights=(5.0, 0.1))

    assert by_text == by_context[::-1]
    assert by_text[0] == "glacier plain words here"


def test_a_very_long_question_is_answered(index):
    put(index, "snow")

    assert found(index, " ".join(f"word{n}" for n in range(5000)) + " snow") == ["snow"]


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


def test_identifiers_are_not_divided():
    assert fold("936c0e2c2e6c.pdf") == "936c0e2c2e6c.pdf"
    assert query_phrases("936c0e2c2e6c") == ["936c0e2c2e6c"]
