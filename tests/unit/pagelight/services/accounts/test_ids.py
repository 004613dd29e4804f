"""What is a person's is kept under an id that nobody else ever has."""

import io
import json

import pytest
from builders_users import PASSWORD, a_user

from pagelight.cli.users import add_user
from pagelight.services.accounts.person import Identity
from pagelight.services.accounts.users import PeopleFile, Rights, read_book, write_users
from rag.errors import SettingsError
from rag.storage.workspace.store import WorkspaceIndex

READS = Rights(role="reads", own=("open",))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "users.json"
    write_users(path, {"bob": a_user("bob", everything=True)})
    return path


def key(path, name="ann"):
    return read_book(path).users[name].person.key


def test_a_new_person_of_a_removed_ones_name_has_none_of_their_conversations(path, tmp_path):
    people, kept, keys = PeopleFile(path), [], {"ann"}
    with WorkspaceIndex(tmp_path / "w", model_id="fake", dim=3, chunker_version="1") as index:
        for _ in range(2):
            people.add("ann", PASSWORD, READS)
            theirs = index.seen_by(owner=key(path), collections=("open",)).preferences
            kept.append(theirs.instructions())
            keys.add(key(path))
            theirs.set_instructions("Answer in rhymes.")
            people.remove("ann")

    assert (kept, len(keys)) == (["", ""], 3)


def test_an_id_stays_whatever_else_is_changed(path, typed):
    people = PeopleFile(path)
    people.add("ann", PASSWORD, READS)
    identity = Identity(issuer="https://id.example", subject="1")
    people.recognise(identity, "ann")
    before = key(path)

    people.change("ann", Rights(role="adds", own=("open", "plans")))
    people.set_password("ann", PASSWORD + "2")
    people.put_group("staff", ("letters",))
    people.rename_collection("plans", "drawings")
    typed()
    add_user(people, "ann", folders="", everything=False, groups="staff")

    assert key(path) == before
    assert read_book(path).users["ann"].identity == identity


def test_people_of_before_there_were_ids_keep_what_is_theirs(path):
    write_users(path, {"ann": a_user("ann"), "bob": a_user("bob", everything=True)})
    people = PeopleFile(path)
    people.set_password("ann", PASSWORD + "2")

    assert key(path) == "ann"


def test_an_id_of_two_people_is_refused(path):
    entries = json.loads(path.read_text())
    entries["bob"]["id"] = "1"
    entries["eve"] = entries["bob"]
    path.write_text(json.dumps(entries))

    with pytest.raises(SettingsError, match="the same id"):
        read_book(path)


@pytest.fixture
def typed(monkeypatch):
    """Let a password be typed."""
    return lambda: monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
