from builders_office import parse_text, picture_bytes, told


def read(tmp_path, text):
    return parse_text(tmp_path, "a.md", text)


def test_markdown_keeps_the_same_kinds_as_a_page(tmp_path):
    document = read(
        tmp_path,
        "# Huts\n\nTwo *good* huts.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | x\\|y |\n\n"
        "```\ncode  here\n```\n",
    )

    assert told(document) == [
        ("heading", "Huts"),
        ("paragraph", "Two good huts."),
        ("list", "- one\n- two"),
        ("table", "a | b\n1 | x¦y"),
        ("code", "code  here"),
    ]
    assert document.title == "Huts"


def test_html_inside_never_runs_and_scripts_are_left_out(tmp_path):
    document = read(
        tmp_path,
        "# Report <img src=x onerror=alert(1)>\n\n<script>alert(2)</script>\n\n"
        "[click](javascript:alert(3))\n\nThe toll is 9 florins.\n",
    )

    assert told(document) == [
        ("heading", "Report"),
        ("paragraph", "[click](javascript:alert(3))"),
        ("paragraph", "The toll is 9 florins."),
    ]


def test_local_pictures_are_figures_with_their_words(tmp_path):
    (tmp_path / "p.png").write_bytes(picture_bytes())

    assert told(read(tmp_path, "![A tower in snow](p.png) ![x](../../etc/passwd)")) == [
        ("figure", ""),
        ("caption", "A tower in snow"),
    ]


def test_italics_right_below_a_picture_are_its_caption(tmp_path):
    (tmp_path / "p.png").write_bytes(picture_bytes())
    document = read(
        tmp_path,
        "*A remark first.*\n\n![A tower in snow](p.png)\n\n*The tower, from the east.*\n\n"
        "*Only a remark.*\n\nText.",
    )

    assert told(document) == [
        ("paragraph", "A remark first."),
        ("figure", ""),
        ("caption", "A tower in snow\nThe tower, from the east."),
        ("paragraph", "Only a remark."),
        ("paragraph", "Text."),
    ]
