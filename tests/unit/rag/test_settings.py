"""What the settings keep to themselves."""

import re
from dataclasses import fields, replace

import pytest

from rag.errors import SettingsError
from rag.settings import Settings, load_settings, without_secrets


def test_no_password_and_no_key_goes_to_other_machines():
    names = [f.name for f in fields(Settings) if re.search(r"password|secret|_key$", f.name)]
    told = without_secrets(replace(Settings(), **dict.fromkeys(names, "hidden")))

    assert len(names) >= 3
    assert [getattr(told, name) for name in names] == [""] * len(names)


def test_a_setting_with_few_values_takes_no_other():
    assert load_settings({"RAG_DEVICE": "cpu"}).device == "cpu"
    with pytest.raises(SettingsError, match="RAG_DEVICE is 'gpu'; it may be auto, cpu, cuda"):
        load_settings({"RAG_DEVICE": "gpu"})
