import re
from importlib import resources

from ui.html.shortcuts import DIALOG, KEYS


def test_every_key_of_the_list_is_one_of_the_page_and_the_other_way_round():
    script = resources.files("ui.static").joinpath("shell", "keys.js").read_text(encoding="utf-8")
    table = re.search(r"const KEYS = \{(.*?)\};", script, re.DOTALL)[1]
    known = set(re.findall(r'^  "?(.)"?: ', table, re.MULTILINE))
    listed = {keys for keys, _ in KEYS if len(keys) == 1}

    assert known == listed
    assert DIALOG.count("<tr>") == len(KEYS)
