import pytest

from rag.table_qa.scale import scaled
from tests.builders.answers.builders_answer import chunk

ROWS = " | 2023 | 2022\nRevenue | $46,298 | $51,761\nTaxes | 370 | 574\nStores | 978 | 989"
SHARES = "Diluted earnings per share | $6.29 | $9.84\nGrowth | 10.6% | 9.5%"


def table(above):
    return chunk("t", f"{above}\n{ROWS}\n{SHARES}", role="table")


@pytest.mark.parametrize(
    ("above", "said", "told"),
    [
        (
            "As follows ($ in millions, except counts):",
            "It was $46,298.",
            "It was $46,298 million.",
        ),
        (
            "($ in millions, except counts)",
            "**$370** and 978 shops",
            "**$370 million** and 978 shops",
        ),
        ("($ in millions, except counts)", "$46,298 million, 2023", "$46,298 million, 2023"),
        ("($ in millions, except counts)", "$6.29 a share, 10.6%", "$6.29 a share, 10.6%"),
        ("($ in millions, except counts)", "$999", "$999"),
        ("(In thousands)", "978 members in 2022", "978 thousand members in 2022"),
        ("($ in millions, except counts)", "574 and 989", "574 million and 989"),
        ("(In thousands)", "**978** million members", "**978** thousand members"),
        ("($ in millions, except counts)", "$370 billion", "$370 million"),
        ("By year:", "$46,298", "$46,298"),
        ("Earnings (shares in 000’s):", "$46,298", "$46,298"),
    ],
)
def test_amounts_have_the_scale_that_stands_above_their_table(above, said, told):
    assert scaled(said, [table(above)]) == told


def test_the_word_is_that_of_the_language():
    assert scaled("46,298 $", [table("($ in millions)")], "de") == "46,298 Millionen $"
    assert scaled("$46,298", [table("($ in millions)")], "ja") == "$46,298"


def test_text_has_no_scale():
    assert scaled("$5", [chunk("s", "Sales ($ in millions)\nwere $5 | $6")]) == "$5"


def test_a_row_may_have_no_label():
    bare = chunk("s", "(in thousands)\n2015 | 2014\n$650,788 | $472,321", role="table")
    assert scaled("$650,788 million in 2015", [bare]) == "$650,788 thousand in 2015"


STATEMENT = """(amounts in millions, except per share data)
 | August 29, 2021
Net sales | $192,052
OPERATING EXPENSES
Preopening expenses | 76
Interest expense | (171)
NET INCOME PER SHARE:
Basic | $11.30
SHARES USED IN CALCULATION
Basic | 443,089"""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Net sales: $192,052", "Net sales: $192,052 million"),
        ("August 29, 2021: 76; (171)", "August 29, 2021: 76 million; (171) million"),
        ("Basic: $11.30, 443,089", "Basic: $11.30, 443,089"),
    ],
)
def test_below_a_sign_all_is_money_but_what_is_for_a_share_or_a_count(said, told):
    assert scaled(said, [chunk("s", STATEMENT, role="table")]) == told
