"""Templates: whatever is filled in is escaped, and sentences are in the language of who reads."""

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from pagelight.ui.html.language import speaking
from pagelight.ui.templating import environment, render


def filled(template, **values):
    return environment().from_string(template).render(**values)


def test_what_is_filled_in_is_shown_not_obeyed():
    assert render("remark.html", text="<b>\x07\n") == '<p class="remark">&lt;b&gt;\ufffd&#10;</p>'
    assert render("remark.html", text=Markup("<b>")) == '<p class="remark"><b></p>'
    with pytest.raises(UndefinedError):
        render("remark.html")


def test_sentences_are_said_in_the_language_of_who_reads_their_values_escaped():
    assert filled('{{ _("Here now:") }} {{ _("Use {name} now", name=n) }}', n="<a>") == (
        "Here now: Use &lt;a&gt; now"
    )
    with speaking("de"):
        told = filled('{{ ngettext("{n} page", "{n} pages", n) }}, {{ number(n) }}', n=1234)
    assert told == "1.234 Seiten, 1.234"
