"""What the settings keep to themselves."""

import re
from dataclasses import fields, replace

from rag.settings import Settings, without_secrets


def test_no_password_and_no_key_goes_to_other_machines():
    names = [f.name for f in fields(Settings) if re.search(r"password|secret|_key$", f.name)]
    told = without_secrets(replace(Settings(), **dict.fromkeys(names, "hidden")))

    assert len(names) >= 3
    assert [getattr(told, name) for name in names] == [""] * len(names)
