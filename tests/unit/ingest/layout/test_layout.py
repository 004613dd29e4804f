from ingest.layout.layout import Line, columns, reading_order, rows
from ingest.layout.paragraphs import blocks, join_lines
from rag.datamodel import BBox


def line(text, x0, y0, x1=None, *, height=0.012, **more):
    x1 = x0 + 0.009 * len(text) if x1 is None else x1
    return Line(text=text, bbox=BBox(x0=x0, y0=y0, x1=min(1, x1), y1=y0 + height), **more)


def column(letter, x0, x1, *, top=0.2, count=6):
    words = "some words of a column of text"
    return [line(f"{letter}{n} {words}", x0, top + 0.016 * n, x1) for n in range(count)]


def texts(lines):
    return [one.text.split()[0] for one in lines]


def test_one_column_is_read_from_top_to_bottom():
    lines = column("a", 0.1, 0.9)

    assert reading_order(lines[::-1]) == lines


def test_two_columns_are_read_one_after_the_other():
    left, right = column("a", 0.1, 0.48), column("b", 0.52, 0.9)
    interleaved = [one for pair in zip(left, right, strict=True) for one in pair]

    assert reading_order(interleaved) == left + right


def test_three_columns_are_read_one_after_the_other():
    columns = [column("a", 0.05, 0.33), column("b", 0.36, 0.64), column("c", 0.67, 0.95)]
    interleaved = [one for row in zip(*columns, strict=True) for one in row]

    assert reading_order(interleaved) == [one for each in columns for one in each]


def test_the_labels_of_a_chart_in_a_column_leave_the_columns_what_they_are():
    wide = "words of prose that fill the column"
    left = [line(f"a{n} {wide}", 0.05, 0.1 + 0.016 * n, 0.47) for n in range(20)]
    left += [line(f"a{n} {n}", 0.05 + 0.05 * (n % 8), 0.45 + 0.02 * (n // 8)) for n in range(32)]
    right = [line(f"b{n} {wide}", 0.52, 0.1 + 0.016 * n, 0.94) for n in range(30)]

    read = texts(reading_order(left + right))

    assert read[:20] == texts(left)[:20]
    assert read[-30:] == texts(right)


def test_long_cells_of_many_widths_beside_short_ones_are_read_row_by_row():
    rows_of_cells = [
        [
            line(f"{n}", 0.05, 0.1 + 0.02 * n),
            line(f"the name of a thing {'x' * (n * 7 % 12)}", 0.1, 0.1 + 0.02 * n),
            line(f"what is told of it {'y' * (n * 5 % 14)}", 0.5, 0.1 + 0.02 * n),
            line(f"{n}.5", 0.9, 0.1 + 0.02 * n),
        ]
        for n in range(12)
    ]
    cells = [cell for row in rows_of_cells for cell in row]

    assert reading_order(cells) == cells


def test_a_heading_across_both_columns_divides_what_is_above_from_what_is_below():
    title = line("Title across the page", 0.1, 0.1, 0.9)
    above = [column("a", 0.1, 0.48), column("b", 0.52, 0.9)]
    heading = line("Heading across the page", 0.1, 0.5, 0.9)
    below = [column("c", 0.1, 0.48, top=0.6), column("d", 0.52, 0.9, top=0.6)]
    lines = [title, *above[0], *above[1], heading, *below[0], *below[1]]

    assert reading_order(sorted(lines, key=lambda one: one.bbox.y0)) == lines


def test_columns_that_do_not_stand_on_the_same_lines_are_still_columns():
    left, right = column("a", 0.1, 0.48), column("b", 0.52, 0.9, top=0.207, count=9)

    assert reading_order(right + left) == left + right


def test_headers_of_a_table_are_no_column_beside_the_text_above_it():
    above = [
        line("Summary of each quarter", 0.05, 0.08),
        line("Both countries", 0.05, 0.1),
        line("What was sold in both countries, in millions:", 0.05, 0.12, 0.49),
    ]
    headers = [line("Three months ended", 0.51, 0.148, 0.62), line("Six months ended", 0.79, 0.148)]
    cells = [
        line(text, x, 0.16 + 0.01 * n, x + 0.09)
        for n in range(8)
        for text, x in (("1,200", 0.45), ("1,100", 0.6), ("2,400", 0.72), ("2,300", 0.87))
    ]
    lines = [*above, *headers, *cells]

    assert columns(lines) == [lines]


def test_the_labels_and_amounts_of_a_receipt_are_read_row_by_row():
    labels = [line(f"item{n}", 0.1, 0.1 + 0.02 * n) for n in range(5)]
    amounts = [line(f"{n}.00", 0.8, 0.1 + 0.02 * n) for n in range(5)]

    ordered = reading_order(labels + amounts)

    assert [one.text for one in ordered[:4]] == ["item0", "0.00", "item1", "1.00"]


def test_rows_hold_what_stands_side_by_side():
    cells = [line("b", 0.5, 0.101), line("a", 0.1, 0.1), line("c", 0.1, 0.13)]

    assert [[one.text for one in row] for row in rows(cells)] == [["a", "b"], ["c"]]


def test_a_gap_between_lines_divides_paragraphs():
    first, second = column("a", 0.1, 0.9, count=3), column("b", 0.1, 0.9, top=0.28, count=2)

    assert [texts(block) for block in blocks(first + second)] == [["a0", "a1", "a2"], ["b0", "b1"]]


def test_an_indented_line_begins_a_paragraph():
    lines = [
        line("The first line of a text,", 0.1, 0.1, 0.9),
        line("and the second of it ends.", 0.1, 0.116, 0.89),
        line("Indented, a new one begins", 0.13, 0.132, 0.9),
        line("and goes on to the margin.", 0.1, 0.148, 0.9),
    ]

    assert [len(block) for block in blocks(lines)] == [2, 2]


def test_a_bigger_line_is_no_part_of_the_paragraph_below_it():
    lines = [
        line("Heading", 0.1, 0.1, size_pt=14.0),
        line("and text right below", 0.1, 0.113, size_pt=10.0),
    ]

    assert len(blocks(lines)) == 2


def test_list_items_stand_apart_and_keep_their_second_lines():
    lines = [
        line("• the first item of a list that", 0.1, 0.1, 0.9),
        line("goes on in a second line", 0.13, 0.116, 0.5),
        line("• the second item", 0.1, 0.132, 0.4),
        line("(a) the third item", 0.1, 0.148, 0.4),
    ]

    assert [len(block) for block in blocks(lines)] == [2, 1, 1]


def test_pieces_of_one_line_are_of_one_paragraph():
    lines = [line("left", 0.1, 0.1, 0.2), line("right", 0.21, 0.1, 0.3)]

    assert [texts(block) for block in blocks(lines)] == [["left", "right"]]


def joined(*words, **more):
    return join_lines([line(w, 0.1, 0.1 + 0.02 * n) for n, w in enumerate(words)], page=1, **more)


def test_a_divided_word_is_made_whole_and_its_spans_meet():
    text, provenances = joined("the com-", "pile step")

    assert text == "the compile step"
    assert [text[slice(*p.span)] for p in provenances] == ["the com", "pile step"]


def test_hyphens_that_are_the_words_own_stay():
    assert joined("state-of-the-", "art")[0] == "state-of-the-art"
    assert joined("a self-", "made man")[0] == "a self-made man"
    assert joined("the Anglo-", "Saxon king")[0] == "the Anglo-Saxon king"
    assert joined("from 2019-", "2021")[0] == "from 2019-2021"


def test_the_documents_own_words_decide_about_a_hyphen():
    assert joined("a non-", "sense", vocabulary=frozenset({"nonsense"}))[0] == "a nonsense"
    assert joined("a trade-", "off", vocabulary=frozenset({"trade-off"}))[0] == "a trade-off"


def test_a_dash_stays_a_dash():
    assert joined("one thing -", "another")[0] == "one thing - another"


def test_lines_without_words_are_left_out():
    assert joined("a", " ", "b")[0] == "a b"
    assert join_lines([], page=1) == ("", ())


def test_a_list_of_names_beside_a_paragraph_is_a_column():
    names = [line(f"Name{n} Surname", 0.08, 0.2 + 0.013 * n, height=0.011) for n in range(14)]
    text = [
        line(f"t{n} words of a text beside the names", 0.35, 0.206 + 0.019 * n, height=0.014)
        for n in range(9)
    ]

    ordered = reading_order(sorted(names + text, key=lambda one: one.bbox.y0))

    assert ordered == names + text


def test_amounts_below_their_labels_feet_are_read_with_them():
    labels = [line(f"label of row {n}", 0.1, 0.2 + 0.02 * n) for n in range(6)]
    amounts = [line(f"{n},100", 0.6, 0.206 + 0.02 * n) for n in range(6)]

    assert reading_order(labels + amounts)[:2] == [labels[0], amounts[0]]


def test_what_dots_lead_to_its_price_is_a_line_of_its_own():
    lines = [
        line("Western . . . . . . . . $8.50", 0.1, 0.1),
        line("Ham, onion and", 0.1, 0.12),
        line("cheese", 0.1, 0.14),
        line("Farmers.............$8.75", 0.1, 0.16),
    ]
    text, places = join_lines(lines, page=1)

    assert text == "Western … $8.50\nHam, onion and cheese\nFarmers … $8.75"
    assert [text[slice(*place.span)] for place in places][1:3] == ["Ham, onion and", "cheese"]
