"""Rich Text files."""

import pytest
from builders_office import parse_text, picture_bytes, told

from rag.errors import SourceError

HEAD = (
    r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}"
    r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 Title;}}"
    r"{\info{\title Mills}{\author Ada}}{\*\generator Word;}"
)


def read(folder, body):
    return parse_text(folder, "a.rtf", HEAD + body + "}")


def test_headings_paragraphs_lists_and_tables_are_kept(tmp_path):
    body = (
        r"\pard\s2 The mill\par\pard\s1 The wheel\par\pard It turns {\b slowly}.\par"
        r"\pard{\listtext\pard 1.\tab}Oil it\par{\listtext 2.\tab}Rest\par"
        r"\pard\intbl Grain\cell Bags\cell\row\intbl Rye\cell 12\cell\row\pard End.\par"
    )

    document = read(tmp_path, body)

    assert document.title == "Mills"
    assert told(document) == [
        ("title", "The mill"),
        ("heading", "The wheel"),
        ("paragraph", "It turns slowly."),
        ("list", "1. Oil it\n2. Rest"),
        ("table", "Grain | Bags\nRye | 12"),
        ("paragraph", "End."),
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (r"M\'fchle \u8364?5", "Mühle €5"),
        (r"\f1 \'cc\'ee\'f1\'ea\'e2\'e0", "Москва"),
        (r"\uc0\u-10179\u-9093 ok \u-10179 .", "\U0001f47bok \ufffd."),
        (r"a{\v hidden}b\~c{\deleted gone}", "ab c"),
        (r"x{\field{\*\fldinst HYPERLINK http://a}{\fldrslt link}}", "xlink"),
        (r"\{braces\} \\ \emdash", "{braces} \\ —"),
    ],
)
def test_letters_of_all_kinds_are_read(tmp_path, body, words):
    assert told(read(tmp_path, body)) == [("paragraph", words)]


def test_notes_come_after_their_paragraph_and_pictures_are_figures(tmp_path):
    picture = picture_bytes().hex()
    body = rf"One{{\footnote A note.}} two.\par{{\*\shppict{{\pict\pngblip {picture}}}}}\par"

    assert told(read(tmp_path, body)) == [
        ("paragraph", "One two."),
        ("paragraph", "A note."),
        ("figure", ""),
    ]


def test_a_hundred_thousand_groups_in_each_other_are_refused(tmp_path):
    with pytest.raises(SourceError, match="nested too deeply"):
        read(tmp_path, "{" * 100_000)


@pytest.mark.parametrize("body", [r"\bin99999999 x", r"}}}}x", r"{\pict abc", r"\'zz", "\\"])
def test_broken_files_are_read_as_far_as_they_go(tmp_path, body):
    assert read(tmp_path, body).media_type == "application/rtf"


FIELD = r"{{\field{{\*\fldinst {} {}}}{{\fldrslt {}}}}}"
BOX = r"{{\*\formfield{{\fftype1\ffres{}\ffdefres{}}}}}"
LIST = r"{\*\formfield{\fftype2\ffres1\ffhaslistbox1{\*\ffl Petrol}{\*\ffl Diesel}}}"
SIGNS = r"{\fonttbl{\f7\fcharset2 Wingdings;}{\f8\fcharset2 Symbol;}}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (SIGNS + r"20 {\f8\'b0}C {\f7\'a8} yes {\f7 \u-3842?} no", ["20 °C ☐ yes ☒ no"]),
        (FIELD.format("REF fee", "", "31 euros"), ["31 euros"]),
        (
            (
                r"The rent is 410.{\*\atnid ED}{\*\atnauthor Ed}\chatn{\*\annotation{\*\atndate 1}"
                r"\pard\plain Now 480.}\par"
            ),
            ["The rent is 410.", "Note by Ed: Now 480."],
        ),
        (
            r"{\header\pard Contract ZX-4471\tab Page " + FIELD.format("PAGE", "", "1") + r"\par}"
            r"{\footer\pard Valid until 2031\par\pard\chpgn\par}The dredger.\par",
            ["Contract ZX-4471", "The dredger.", "Valid until 2031"],
        ),
        (
            (
                r"The dredger.{\shp{\*\shpinst\shpleft9{\sp{\sn a}{\sv 1}}{\shptxt\pard Box.\par}}"
                r"{\shprslt{\*\do Box.}}}\par"
            ),
            ["The dredger.", "Box."],
        ),
        (r"{\header{\pict\pngblip 89504e47}Letter\par}Dear Ada.\par", ["Letter", "Dear Ada."]),
    ],
)
def test_what_stands_beside_the_words_is_read(tmp_path, body, said):
    assert [text for _, text in told(read(tmp_path, body))] == said
