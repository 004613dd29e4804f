"""Tables that were made for it, asked as people ask: two that share a key, one with totals."""

import pytest

from rag.datamodel import Query

STATIONS = """Station,Canton,Altitude m
Arosa,Graubünden,1878
Davos,Graubünden,1594
Samedan,Graubünden,1709
Zermatt,Valais,1638
Saas-Fee,Valais,1800
Grimsel,Bern,1980
"""
DEPTHS = (
    "61 88 70 120 96 150".split(),
    "72 45 66 131 88 163".split(),
    "20 12 15 74 60 110".split(),
)
DAYS = ("2025-01-05", "2025-02-05", "2025-03-05")
GUESTS = (
    "Hut,Beds,Guests 2024\nUpper hut,40,1210\nLower hut,62,2350\nLake hut,18,655\nTotal,120,4215\n"
)


@pytest.fixture(scope="module")
def engine(asking, tmp_path_factory):
    root = tmp_path_factory.mktemp("made")
    folder = root / "folder"
    folder.mkdir()
    (folder / "stations.csv").write_text(STATIONS, "utf-8")
    names = [line.split(",")[0] for line in STATIONS.splitlines()[1:]]
    rows = (
        f"{day},{name},{depth}\n"
        for day, depths in zip(DAYS, DEPTHS, strict=True)
        for name, depth in zip(names, depths, strict=True)
    )
    (folder / "readings.csv").write_text("Day,Station,Snow depth cm\n" + "".join(rows), "utf-8")
    (folder / "guests.csv").write_text(GUESTS, "utf-8")
    with asking(folder, root / "workspace") as asked:
        yield asked


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Which station in Graubünden had the deepest snow?", "**Davos (88)**"),
        ("What was the largest snow depth in Valais?", "**131**"),
        ("What is the average snow depth in Valais?", "**94.8**"),
    ],
)
def test_two_tables_are_joined_on_their_key(engine, question, told):
    *_, answer = engine.ask(Query(text=question))

    assert answer.text.startswith(told)
    assert "“readings.csv” joined with “stations.csv” by Station" in answer.text
    assert {"readings.csv", "stations.csv"} <= {one.chunk.source for one in answer.citations}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Which hut had the most guests?", "**Lower hut (2350)**"),
        ("What is the average number of beds?", "**40**"),
    ],
)
def test_a_total_is_no_hut(engine, question, told):
    *_, answer = engine.ask(Query(text=question))

    assert answer.text.startswith(told)
