from builders_pdf import Page, parse_pdf, pdf_bytes

PROSE = ("Wind and snow are measured on the ridge every day of", "the year, by hand and by gauge.")


def test_each_caption_follows_its_own_table_though_another_is_nearer(tmp_path):
    page = Page()
    for n, top in enumerate((100, 190)):
        for k in range(3):
            page.text(60, top + 14 * k, f"row {k}").text(300, top + 14 * k, f"{n}{k}.5")
        page.text(60, top + 56, f"Table {n + 1}: numbers of kind {n}.")
    doc = parse_pdf(tmp_path, pdf_bytes(page))

    assert [e.role for e in doc.elements] == ["table", "caption"] * 2
    assert [e.text[:7] for e in doc.elements if e.role == "caption"] == ["Table 1", "Table 2"]


def test_numbered_headings_have_the_depth_of_their_number(tmp_path):
    page = Page().text(60, 40, "A Report of the Ridge", size=20)
    page.text(60, 90, "2 Methods", size=12, bold=True).lines(60, 120, *PROSE)
    page.text(60, 170, "2.1 Gauges", size=11, bold=True).lines(60, 200, *PROSE)
    doc = parse_pdf(tmp_path, pdf_bytes(page))

    assert [(e.text, e.level) for e in doc.elements if e.role == "heading"] == [
        ("2 Methods", 1),
        ("2.1 Gauges", 2),
    ]
