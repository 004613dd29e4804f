"""Writes a paragraph of struck, raised or lowered runs in every format that has them."""

import pptx
from builders_office import WORD, write_raw_docx, write_zip
from pptx.util import Inches

from ingest.parsers.base.office import NAMESPACES as NAMES

ODF = " ".join(f'xmlns:{key}="{address}"' for key, address in NAMES.items())


def write_docx(path, runs):
    inner = "".join(
        f"<w:r><w:rPr>{'<w:strike/>' * look.is_struck}"
        f"{_WORD[look.place]}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"
        for text, look in runs
    )
    write_raw_docx(path, f"<w:document {WORD}><w:body><w:p>{inner}</w:p></w:body></w:document>")


_WORD = {
    "": "",
    "raised": "<w:vertAlign w:val='superscript'/>",
    "lowered": "<w:vertAlign w:val='subscript'/>",
}


def write_odt(path, runs):
    styles = "".join(
        f"<style:style style:name='T{at}' style:family='text'><style:text-properties "
        + "style:text-line-through-style='solid' " * look.is_struck
        + _ODF[look.place]
        + "/></style:style>"
        for at, (_, look) in enumerate(runs)
    )
    spans = "".join(
        f"<text:span text:style-name='T{at}'>{text}</text:span>"
        for at, (text, _) in enumerate(runs)
    )
    content = (
        f"<office:document-content {ODF}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:text><text:p>{spans}</text:p>"
        "</office:text></office:body></office:document-content>"
    )
    write_zip(path, {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


_ODF = {
    "": "",
    "raised": "style:text-position='super 58%'",
    "lowered": "style:text-position='-33% 58%'",
}


def write_rtf(path, runs):
    words = {"": "", "raised": r"\super", "lowered": r"\sub"}
    inner = "".join(
        "{" + r"\strike" * look.is_struck + words[look.place] + f"\\lang1033 {text}}}"
        for text, look in runs
    )
    path.write_text(r"{\rtf1\ansi " + inner + r"\par}")


def write_html(path, runs):
    path.write_text(f"<!doctype html><p>{''.join(map(_html, runs))}</p>")


def write_xml(path, runs):
    inner = "".join(map(_html, runs)).replace("s>", "strike>")
    path.write_text(f"<?xml version='1.0'?><body><p>{inner}<i/></p></body>")


def _html(run):
    text, look = run
    tag = {"": "", "raised": "sup", "lowered": "sub"}[look.place]
    text = f"<{tag}>{text}</{tag}>" if tag else text
    return f"<s>{text}</s>" if look.is_struck else text


def write_pptx(path, runs):
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box = slide.shapes.add_textbox(*map(Inches, (1, 1, 5, 1)))
    for text, look in runs:
        run = box.text_frame.paragraphs[0].add_run()
        run.text = text
        properties = run.font._element  # noqa: SLF001 - python-pptx shows neither
        properties.set("strike", "sngStrike" if look.is_struck else "noStrike")
        properties.set("baseline", {"": "0", "raised": "30000", "lowered": "-25000"}[look.place])
    deck.save(path)


WRITERS = {
    "docx": write_docx,
    "odt": write_odt,
    "rtf": write_rtf,
    "html": write_html,
    "xml": write_xml,
    "pptx": write_pptx,
}
