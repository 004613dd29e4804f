"""Files as people have them, from the folder beside the checkout: what must be read, and what not.

Each row is a file, words that its elements hold, and words that none of them may.
"""

import shutil

import pytest
from builders_archives import Shelf
from builders_office import parse, told

CASES = [
    ("dangling_relationship/dangling_dotnull.docx", ["buoy dotnull7 is changed every 47"], []),
    ("dangling_relationship/dangling_null.docx", ["buoy null4 is changed every 44 days"], []),
    ("docx_altchunk/altchunk.docx", ["The hull of the Brunhild has 14 loose rivets."], []),
    ("docx_altchunk/alttxt.docx", ["The rudder of the Gisela is bent by 3 degrees."], []),
    (
        "docx_form_fields/check.docx",
        ["Life raft on board: ☐ yes ☒ no", "Engine type: Diesel"],
        ["Petrol"],
    ),
    ("docx_ruby/ruby.docx", ["山本は灯台守です。"], []),
    (
        "docx_symbols/bench.docx",
        ["40 °C ± 2 K", "≥ 7 bar", "☐ yes ☒ no", "5 µm"],
        [],
    ),
    (
        "eml_invite/invite.eml",
        [
            "Dry dock review",
            "When: 12 April 2027 14:30 to 15:30",
            "Where: Room Heron, second floor",
        ],
        ["TZID", "VEVENT"],
    ),
    ("eml_invite/invite3.eml", ["When: 14 April 2027 08:00 (UTC)\nWhere: Hall Egret"], ["VEVENT"]),
    ("eml_invite/meeting.ics", ["When: 12 April 2027 14:30", "Organizer: Sunniva Falk"], ["TZID"]),
    ("eml_opaque_smime/opaque.eml", ["The insurer pays 8800 kroner for the broken davit."], []),
    ("header_footer/boxes.docx", ["Contract number ZX-4471", "Valid until 3 March 2031"], []),
    ("header_footer/firsthead.docx", ["Case file 2027/0815, judge Mechthild"], []),
    ("header_footer/rtf1.rtf", ["Letterhead Number RT-55", "Angle 30° tolerance ±2"], []),
    (
        "html_form_values/form.html",
        [
            "Skipper: Wilhelmina Stork",
            "Boat type: Ketch",
            "☒ Insured",
            "☐ Heated",
            "Needs a wide berth near the crane.",
        ],
        ["Yawl", "SECRETTOKEN"],
    ),
    (
        "html_visible_parts_dropped/cafe.html",
        [
            "Crab soup 14 euros",
            "Read the German page too: dogs may come in, cats may not.",
            "Inspection number KP-3391 of the health office.",
            "The cafe is closed on 17 June.",
        ],
        [],
    ),
    (
        "html_visible_parts_dropped/shop.html",
        [
            "The French catalogue costs 8 euros.",
            "Lunch of the day: herring for 11 euros.",
            "Order reference RS-204 must be quoted.",
            "Store hours: 8 to 17",
        ],
        [],
    ),
    (
        "office_comments/rent.docx",
        ["is 410 crowns.\nNote by Ed: From July the rent of shed 9 is 480 crowns."],
        [],
    ),
    ("strict_ooxml/strict_mooring.docx", ["Halvard pays 412 kroner"], []),
    ("strict_ooxml/strict_tariff.xlsx", ["Quarrel pier | 733", "Sloop dock | 128"], []),
    ("strikethrough/struck.docx", ["~~900 kroner~~ 650 kroner", "~~77 kroner~~ 88 kroner"], []),
    (
        "strikethrough/struck.html",
        ["~~49 euros~~ 31 euros", "~~23 euros~~ 19 euros", "~~14 euros~~ 9 euros"],
        [],
    ),
    ("strikethrough/struck.md", ["~~66 euros~~ 52 euros"], []),
    (
        "superscript_power/jats.xml",
        ["CO₂ were 4.1 kg m⁻² and N₂O", "The flux was 10^4 units"],
        ["104"],
    ),
    ("superscript_power/power.docx", ["10^8 cells", "Rosea | 10^4"], ["108", "104"]),
    ("superscript_power/power.html", ["10^6 pulses", "45 m²", "10^5 lumen"], ["106", "105"]),
    ("superscript_power/power.md", ["10^9 kilograms"], ["109"]),
    (
        "superscript_power/rtf1.rtf",
        ["10^5 kg and H₂O", "~~70 marks~~ 45 marks"],
        ["105", "hidden words", "gone words"],
    ),
    (
        "tex_macros/paper.tex",
        ["The Frigate Eleonore has 44 guns.", "Speed is 12 kn and mass 3.5 × 10^6 kg; bold"],
        ["HIDDENBLOCK", "COMMENT"],
    ),
]


HOLDING = [
    (
        "docx_embedded_workbook/embedded.docx",
        "embedded.docx/Microsoft_Excel_Sheet1.xlsx",
        "Adelgund 6100",
    ),
    ("zip_names/china.zip", "china.zip/港口年度报告.txt", "port chief Winifred"),
    ("zip_names/german.zip", "german.zip/Prüfbericht.txt", "test passed Annegret"),
    ("zip_names/russia.zip", "russia.zip/Отчёт за май.txt", "report May Pelagia"),
]
"""A file, the source of one that it holds, and words by which that one is found."""


@pytest.mark.parametrize(("name", "source", "words"), HOLDING)
def test_what_lies_in_a_file_is_a_file_of_its_own(shared_data, tmp_path, name, source, words):
    shelf = Shelf(tmp_path)
    shutil.copy(shared_data / "cases" / name, shelf.folder)

    assert shelf.states()[source] == "ready"
    assert source in shelf.found(words)


@pytest.mark.parametrize(("name", "held", "never"), CASES)
def test_a_file_is_read_as_its_reader_sees_it(shared_data, tmp_path, name, held, never):
    document = parse(tmp_path / shutil.copy(shared_data / "cases" / name, tmp_path))
    text = "\n".join(text for _, text in told(document))

    assert [words for words in held if words not in text] == []
    assert [words for words in never if words in text] == []
