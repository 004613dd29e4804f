"""Tables that were made for it, asked as people ask.

Two that share a key, one with totals, and tables of data of as many rows as just fit and do not.
"""

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

SWEETS = "Nougat Crisp Caramel Mint Lemon Cherry Toffee Ginger Honey Almond Coffee Pepper".split()
SHOPS = 20


def shops():
    """Return a table of data: names written as one, 240 rows, the best and worst amid them."""
    lines = ["shopname,lolly_servings,sugarpercent"]
    for n, sweet in enumerate(SWEETS):
        for shop in range(SHOPS):
            place = n * SHOPS + shop
            usual = place + 20, 20 + place * 7 % 60
            servings, sugar = {124: (990, 99), 67: (1, 1)}.get(place, usual)
            lines.append(f"{sweet} Lolly Shop {shop},{servings},{sugar}")
    return "\n".join(lines) + "\n"


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
    (folder / "shops.csv").write_text(shops(), "utf-8")
    with asking(folder, root / "workspace") as asked:
        yield asked


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Which hut had the most guests?", "Lower hut"),
    ],
)
def test_a_total_is_no_hut(engine, question, told):
    *_, answer = engine.ask(Query(text=question))

    assert told in answer.text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Where do people get the most lolly servings?", "Toffee Lolly Shop 4"),
        ("Which shop has the lowest sugarpercent?", "Mint Lolly Shop 7"),
    ],
)
def test_a_table_of_a_dozen_passages_is_asked_whole(engine, question, told):
    *_, answer = engine.ask(Query(text=question))

    assert told in answer.text
