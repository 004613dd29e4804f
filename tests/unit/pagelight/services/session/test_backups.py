"""What people wrote in a shared PostgreSQL is copied by its own tools, and the commands say so."""

from dataclasses import replace

import pytest

from pagelight.services.session.upkeep import back_up, restore
from rag.errors import PagelightError
from rag.settings import Settings


@pytest.mark.parametrize(("command", "tool"), [(back_up, "pg_dump"), (restore, "pg_restore")])
def test_with_a_shared_database_its_own_tools_are_named(tmp_path, command, tool):
    settings = replace(
        Settings(), workspace=tmp_path / "w", database_url="postgresql://ann:secret@host/db"
    )

    with pytest.raises(PagelightError, match="PostgreSQL") as refusal:
        command(settings, tmp_path / "saved")

    assert tool in refusal.value.hint
    assert "secret" not in str(refusal.value)
    assert not list(tmp_path.iterdir())
