import base64

import pytest
from builders_office import only, parse, parse_text, picture_bytes, told
from lxml.html import fragment_fromstring
from work import growth

from ingest.parsers.web.text import list_items


def read(tmp_path, html):
    return parse_text(tmp_path, "a.html", html)


def test_headings_paragraphs_lists_and_code_keep_their_kind(tmp_path):
    document = read(
        tmp_path,
        "<title>Huts</title><h1>The  huts</h1><p>Two<br>lines.</p>loose text"
        "<ul><li>one<ul><li>deep</li></ul></li><li><p>two</p></li></ul>"
        "<ol start=3><li>three</ol><dl><dt>Alm<dd>a hut</dl><pre>x = 1\n  y</pre>",
    )

    assert told(document) == [
        ("heading", "The huts"),
        ("paragraph", "Two\nlines."),
        ("paragraph", "loose text"),
        ("list", "- one\n  - deep\n- two"),
        ("list", "3. three"),
        ("list", "Alm: a hut"),
        ("code", "x = 1\n  y"),
    ]
    assert document.title == "Huts"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>evil</script>",
        "<nav>On: <a href=x>evil</a></nav>",
        "<div role=navigation><a href=x>evil</a></div>",
        "<ul><li><a hreflang=de href=x>evil</a></ul>",
        "<h2 id=x></h2><ol><li><a href='#x'>evil</a></ol>",
        "<sup><a href='#x'>6</a></sup><a href='#x'>¶</a>",
        "<dialog>evil</dialog>",
        "<button>evil</button>",
        "<p hidden>evil</p>",
        "<p aria-hidden=true>evil</p>",
        "<p style='display: none'>evil</p>",
        "<p style='Visibility:hidden'>evil</p>",
        "<p style='color:#fff;font-size:1px'>evil</p>",
        "<p style='font-size:0'>evil</p>",
        "<p style='font: 400 1px serif'>evil</p>",
        f"<p style='font: {'normal ' * 20}0.5px serif'>evil</p>",
        "<p style='color: white'>evil</p>",
        "<font color=white>evil</font>",
        "<p style='position:absolute;left:-9999px'>evil</p>",
        "<p style='opacity:0'>evil</p>",
        "<style>.x, .y {display:none}</style><p class='x'>evil</p>",
        "<!-- evil -->",
        "<template>evil</template>",
        "<style>.x section p{display:none}</style><div class=x><section><p>evil</div>",
        "<style>.x{display:none!important}</style><p class=x style='display:block'>evil</p>",
        "<input type=hidden value=evil><input type=password value=evil>",
        "<input type=checkbox role=button id=x><label for=x>evil</label>",
    ],
)
def test_what_a_reader_does_not_see_is_left_out(tmp_path, hidden):
    assert told(read(tmp_path, f"<p>The fee is 5.</p>{hidden}<p>Paid.</p>")) == [
        ("paragraph", "The fee is 5."),
        ("paragraph", "Paid."),
    ]


@pytest.mark.parametrize(
    "seen",
    [
        "<div class='menu nav reference'>soup</div>",
        "<menu><li>soup</li></menu>",
        "<nav>soup <a href=x>at 1</a></nav>",
        "<ul role=menu><li>soup</ul>",
        "<ul><li><a href=x.pdf>soup</a></ul>",
        "<p>The <a hreflang=fr href=x>soup</a></p>",
        "<p><a hreflang=fr href=x>soup</a></p>",
        "<p>See <a href='#x'>soup</a></p>",
        "<dialog open>soup</dialog>",
        "<div role=dialog>soup</div>",
        "<details><summary>Today</summary>soup</details>",
        "<h2><button>soup</button></h2>",
        "<template shadowrootmode=open>soup</template>",
        "<style>.x{display:none}</style><p class=x style='display:block'>soup</p>",
        "<style>.x{display:none}.y{display:block}</style><p class='x y'>soup</p>",
        "<style>.x.y{display:block}.x{display:none}</style><p class='x y'>soup</p>",
        "<style>b .x{display:inline}.x{display:none}</style><b><i><u class=x>soup</u></i></b>",
        "<style>section .x{display:none}</style><div><p class=x>soup</p></div>",
        "<style media=print>.x{display:none}</style><p class=x>soup</p>",
        "<style>/*.x{display:none}*/</style><p class=x>soup</p>",
        "<style>.x{color:transparent;background-clip:text}</style><p class=x>soup</p>",
        "<p hidden style='display:block'>soup</p>",
    ],
)
def test_what_a_reader_sees_is_read_whatever_it_is_called(tmp_path, seen):
    page = f"<main><p>{'Text. ' * 20}</p>{seen}</main><footer>soup</footer>"

    assert [
        word for _, text in told(read(tmp_path, page)) for word in text.split() if word == "soup"
    ] == ["soup", "soup"]


def test_letters_of_a_drawing_in_the_page_are_read_a_line_for_each(tmp_path):
    document = read(
        tmp_path,
        "<p>Quays.</p><svg><title>t</title><text>Quay <tspan>North</tspan></text><path d='M0'/>"
        "<g><text>41 ships</text></g></svg><svg><path d='M0'/></svg>"
        "<svg style='display:none'><text>hidden</text></svg>"
        "<svg><text fill='#FFF'>white</text><text opacity='0'>clear</text>"
        "<g visibility='hidden'><text font-size='1px'>gone</text></g></svg>",
    )

    assert [text for _, text in told(document)] == ["Quays.", "Quay North\n41 ships"]


def test_what_is_mostly_links_beside_the_main_part_of_a_page_is_left_out(tmp_path):
    aside = "<div><b>On</b> <a href=x>Contact us</a> | <a href=y>Legal</a></div>"
    document = read(tmp_path, f"{aside}<main><p>{'Text. ' * 20}</p></main>{aside}")

    assert [role for role, _ in told(document)] == ["paragraph"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("<label>Skipper <input value=Stork></label>", "Skipper: Stork"),
        ("<label for=a>Skipper</label><br><input id=a value=Stork>", "Skipper: Stork"),
        ("<div><label for=a>Skipper:</label></div><input id=a value=Stork>", "Skipper: Stork"),
        ("<input aria-label=Skipper value=Stork>", "Skipper: Stork"),
        ("<label>Length <input type=number value=9> m</label>", "Length: 9 m"),
        ("<table><tr><td><label for=a>Fee</label><td><input id=a value=9>", "Fee | 9"),
        ("<input type=checkbox id=a checked><label for=a>Insured</label>", "☒ Insured"),
        ("<div role=checkbox aria-checked=false>Heated</div>", "☐ Heated"),
        ("Sail <input type=radio checked>yes <input type=radio>no", "Sail ☒ yes ☐ no"),
        ("<label>Boat <select><option>Yawl<option selected>Ketch</select></label>", "Boat: Ketch"),
        ("<label>Boat <select><option>Yawl<option>Ketch</select></label>", "Boat: Yawl"),
        ("<label>Boat <select><option value=''>Choose<option>Yawl</select></label>", "Boat"),
        (
            "<select multiple><option selected>Oar<option selected>Sail<option>Gun</select>",
            "Oar, Sail",
        ),
        ("<p>Remarks: <textarea>Near the\ncrane.</textarea></p>", "Remarks: Near the crane."),
    ],
)
def test_a_field_of_a_form_shows_its_value_beside_its_label(tmp_path, form, said):
    ((_, text),) = told(read(tmp_path, f"<!doctype html><form>{form}<button>Send</button></form>"))

    assert " ".join(text.split()) == said


def test_marks_of_notes_and_fields_of_thousands_are_read(tmp_path):
    marks = "<sup><a href='#n'>1</a></sup>" + "<sup>: 4</sup>" * 5000
    fields = "<label for=''>Fee</label><input value=9>" * 1000

    ((_, text),) = told(read(tmp_path, f"<p>Paid{marks}. {fields}</p>"))

    assert text.startswith("Paid. Fee 9 Fee 9")


def test_merged_cells_of_a_table_are_resolved(tmp_path):
    document = read(
        tmp_path,
        "<table><caption>Huts</caption><tr><th rowspan=2>Hut<th colspan=2>Beds"
        "<tr><th>old<th>new<tr><td rowspan=2>Alm<td>1<td>2<tr><td>3<td>4</table>",
    )

    assert told(document) == [
        ("table", "Hut | Beds old | Beds new\nAlm | 1 | 2\nAlm | 3 | 4"),
        ("caption", "Huts"),
    ]


def test_currency_and_percent_cells_join_their_numbers(tmp_path):
    document = read(
        tmp_path,
        "<table><tr><td><td colspan=3>2023<td><td colspan=3>2022</tr>"
        "<tr><td>Net income<td>$<td>1,204<td><td><td>$<td>(88<td>)</tr>"
        "<tr><td>Margin<td><td>7.5<td>%<td><td><td>6<td>%</tr></table>",
    )

    assert only(document, "table").text == (
        " | 2023 | 2022\nNet income | $1,204 | $(88)\nMargin | 7.5% | 6%"
    )


def test_a_figure_is_pending_and_its_caption_follows(tmp_path):
    (tmp_path / "my pic.png").write_bytes(picture_bytes())
    document = read(
        tmp_path,
        "<p>See <img src='my%20pic.png' alt='A tower in snow'> it.</p>"
        "<figure><img src='./my pic.png?v=2'><figcaption>The tower</figcaption></figure>",
    )

    assert [role for role, _ in told(document)] == [
        *("paragraph", "figure", "caption"),
        *("figure", "caption"),
    ]
    assert document.elements[1].pending


@pytest.mark.parametrize(
    "address",
    [
        "../../secret.png",
        "/etc/hostname",
        "file:///etc/hostname",
        "http://example.invalid/a.png",
        "//example.invalid/a.png",
        "link.png",
        "..\\..\\secret.png",
        "%2e%2e/%2e%2e/secret.png",
        "a" * 5000,
        "a%00b",
    ],
)
def test_pictures_outside_the_folder_are_never_read(tmp_path, address):
    (tmp_path / "secret.png").write_bytes(picture_bytes())
    folder = tmp_path / "root" / "pages"
    folder.mkdir(parents=True)
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "a.html").write_text(f"<p>Album</p><img src='{address}'>")

    assert told(parse(folder / "a.html", root=tmp_path / "root")) == [("paragraph", "Album")]


def test_embedded_pictures_are_read_and_damaged_ones_are_warned_of(tmp_path):
    data = base64.b64encode(picture_bytes()).decode()
    document = read(
        tmp_path,
        f"<img src='data:image/png;base64,{data}'><img src='data:image/png;base64,AAAA'>",
    )

    assert [role for role, _ in told(document)] == ["figure"]
    assert "1 picture could not be decoded" in document.warnings[0]


def test_thousands_of_nested_tags_are_read(tmp_path):
    for tag in ("div", "b", "ul><li", "table><tr><td", "blockquote"):
        closed = "".join(f"</{part}>" for part in reversed(tag.split("><")))
        document = read(tmp_path, f"<{tag}>" * 2500 + "deep secret" + closed * 2500)

        assert "deep secret" in document.elements[0].text


def test_the_encoding_that_a_page_names_is_believed(tmp_path):
    page = "<meta charset=iso-8859-1><p>Caf\u00e9 \u00fcber</p>".encode("latin-1")

    assert told(parse_text(tmp_path, "a.html", page)) == [("paragraph", "Café über")]


def test_items_of_a_list_are_numbered_in_time_that_grows_as_the_list_does():
    def listed(items):
        root = fragment_fromstring(f"<ol>{'<li>one' * items}</ol>")
        return lambda: list_items(root)

    assert listed(3)() == [(0, "1. one"), (0, "2. one"), (0, "3. one")]
    assert growth(listed, 500) < 2.2


LINED = "text-decoration:line-through"


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("<p>10<sup>6</sup> pulses, 45 m<sup>2</sup></p>", "10^6 pulses, 45 m²"),
        ("<p><b>10</b><span style='vertical-align:super'>6</span></p>", "10^6"),
        ("<p>SO<sub>4</sub><sup>2-</sup></p>", "SO₄²⁻"),
        ("<p>2<sup>1</sup>⁄<sub>2</sub> miles</p>", "2 1⁄2 miles"),
        ("<p>the 1<sup>st</sup> of May</p>", "the 1st of May"),
        ("<p><math><msup><mn>10</mn><mn>6</mn></msup></math> cells</p>", "10^6 cells"),
        ("<p><math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> mile</p>", "1/2 mile"),
        ("<p><ruby>山本<rp>(</rp><rt>やまもと</rt><rp>)</rp></ruby>は</p>", "山本は"),
        ("<p><s>49 <b>euros</b> </s>31 euros</p>", "~~49~~ ~~euros~~ 31 euros"),
        ("<p><del>4<br>5</del></p>", "~~4~~\n~~5~~"),
        ("<style>.old{text-decoration:line-through}</style><p><i class=old>4</i> 5", "~~4~~ 5"),
        ("<p><s style='text-decoration:none'>4</s></p>", "4"),
        ("<table><tr><th>Tin<th>Fee<tr><td>Red<br>one<td>4<br>9", "Tin | Fee\nRed one | 4; 9"),
        (f"<table><tr><th>Tin<th>Fee<tr style={LINED}><td>Red<td>9", "Tin | Fee\n~~Red~~ | ~~9~~"),
    ],
)
def test_words_say_what_their_look_means(tmp_path, inner, said):
    ((_, text),) = told(read(tmp_path, f"<!doctype html>{inner}"))

    assert text == said
