import pytest

from rag.generation.names import unheld_names

BOUGHT = "The hut was bought by Anna Keller in 1931. The snow melts late."
FAIR = "The United Nations met in Vienna. The Siemens engineers of Germany came too."
GEKAUFT = "Die Hütte wurde von Anna Keller gekauft. Im Mai schmilzt der Schnee."
ACHETEE = "La cabane a été achetée par Anna Keller. La foire a eu lieu à Vienne."


@pytest.mark.parametrize(
    ("claim", "told", "names"),
    [
        ("The hut was bought by Paul Berger in 1931.", BOUGHT, ["Paul Berger"]),
        ("It was Bosch that came.", FAIR, ["Bosch"]),
        ("Anna Berger kaufte die Hütte.", GEKAUFT, ["Anna Berger"]),
        ("La foire a eu lieu à Genève.", ACHETEE, ["Genève"]),
    ],
)
def test_a_name_that_stands_nowhere_is_told(claim, told, names):
    assert unheld_names(claim, told) == names


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("In 1931 Keller bought the Hut.", BOUGHT),
        ("The German engineers came.", FAIR),
        ("L’hôtel d’Anna est en face de la Cabane.", ACHETEE),
        ("Снег лежал в Москве.", "Снег лежал долго."),
    ],
)
def test_another_form_of_a_name_and_what_is_none_are_not_told(claim, told):
    assert unheld_names(claim, told) == []


def test_what_the_question_names_is_no_invention():
    assert unheld_names("It stands in Prague.", BOUGHT, known="Is it in Prague?") == []
