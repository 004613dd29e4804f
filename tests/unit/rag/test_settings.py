"""What the settings keep to themselves."""

from dataclasses import fields, replace

import pytest

from rag.errors import SettingsError
from rag.settings import Settings, for_reading, load_settings


def test_who_opens_files_is_told_what_reading_needs_and_nothing_else():
    names = [f.name for f in fields(Settings) if f.type == "str" and f.name != "device"]
    changed = replace(Settings(), **dict.fromkeys(names, "hidden"), file_seconds=7.0, port=1)
    told = for_reading(changed)

    assert {"password", "oidc_secret", "database_url", "generator_key", "users"} <= set(names)
    assert told == replace(Settings(), file_seconds=7.0)


def test_a_setting_with_few_values_takes_no_other():
    assert load_settings({"RAG_DEVICE": "cpu"}).device == "cpu"
    with pytest.raises(SettingsError, match="RAG_DEVICE is 'gpu'; it may be auto, cpu, cuda"):
        load_settings({"RAG_DEVICE": "gpu"})


def test_a_port_that_no_machine_has_is_refused():
    with pytest.raises(SettingsError, match=r"RAG_PORT is 70000; it must be at most 65535\."):
        load_settings({"RAG_PORT": "70000"})
