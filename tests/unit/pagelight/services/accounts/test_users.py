"""The users file: written whole and privately, read strictly, and the command around it."""

import getpass
import io
import json
import stat
import sys
import threading

import pytest
from builders_users import HASH, a_user
from typer.testing import CliRunner

from app import cli
from pagelight.cli.users import add_user, print_audit
from pagelight.services.accounts.person import Person, checked_name, matches
from pagelight.services.accounts.users import (
    PeopleFile,
    Rights,
    read_book,
    users_turn,
    write_users,
)
from rag.errors import SettingsError
from rag.storage.accounts import Audit
from rag.storage.database.user_database import UserFile


@pytest.fixture
def path(tmp_path):
    users = {"ann": a_user("ann", ".", "reports"), "bob": a_user("bob", everything=True)}
    write_users(tmp_path / "users.json", users)
    return tmp_path / "users.json"


def command(path, *arguments, given: str = ""):
    return CliRunner().invoke(cli, ["user", *arguments], env={"RAG_USERS": str(path)}, input=given)


def test_what_is_written_is_read_again(path):
    users = read_book(path).users

    assert users["ann"].person == Person(name="ann", collections=(".", "reports"))
    assert not users["ann"].person.sees_everything
    assert users["bob"].person.sees_everything


def test_the_file_is_its_owners_alone_and_nothing_lies_beside_it(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["users.json"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_a_file_that_others_may_read_or_write_is_refused(path, mode):
    path.chmod(mode)

    with pytest.raises(SettingsError, match=f"chmod 600 {path}"):
        read_book(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not json", "no JSON"),
        ("[]", "no JSON object of names"),
        ('{"ann": {"collections": []}}', "'ann' is none"),
        (json.dumps({"ann": {"password": HASH}}), "'ann' is none"),
        (json.dumps({"ann": {"password": HASH, "collections": "all"}}), "'ann' is none"),
        (json.dumps({"ann": {"password": "plain", "collections": []}}), "'ann' is none"),
        (json.dumps({"a:b": {"password": HASH, "collections": []}}), "'a:b' is none"),
    ],
)
def test_a_file_that_says_less_than_it_must_is_refused(path, content, words):
    """Who may see what is never guessed."""
    path.write_text(content)

    with pytest.raises(SettingsError, match=words):
        read_book(path)


def test_a_file_among_the_documents_is_refused(path, tmp_path):
    (tmp_path / "docs").mkdir()

    PeopleFile(path).check_apart(tmp_path / "docs")
    with pytest.raises(SettingsError, match="read and searched"):
        PeopleFile(path).check_apart(tmp_path)


@pytest.mark.parametrize("name", ["", " ", "a:b", "a\nb", "x" * 65])
def test_a_name_that_can_not_be_typed_is_refused(name):
    with pytest.raises(SettingsError, match="name of a user"):
        checked_name(name)


def test_a_user_is_added_changed_listed_and_removed(tmp_path):
    path = tmp_path / "users.json"
    added = command(path, "add", "ann", "--folders", "reports/, .", given="avalanche\n")
    first = read_book(path).users["ann"]
    changed = command(path, "add", "ann", given="cornices\n")
    second = read_book(path).users["ann"]
    command(path, "add", "bob", "--everything", given="crevasse\n")

    assert (added.exit_code, added.stdout) == (0, "ann reads: ., reports\n")
    assert changed.exit_code == 0
    assert (matches("avalanche", first.password), matches("cornices", second.password)) == (1, 1)
    assert command(path, "list").stdout == "ann reads: ., reports\nbob administers: everything\n"
    assert command(path, "remove", "ann").exit_code == 0
    assert list(read_book(path).users) == ["bob"]


class SlowlyTyped(io.StringIO):
    """A password that is typed while something happens."""

    def __init__(self, happens):
        super().__init__("avalanche\n")
        self.happens = happens

    def readline(self, *_):
        self.happens()
        return super().readline()


def test_who_is_added_in_the_page_while_a_password_is_typed_stays(path, monkeypatch):
    rights = Rights(role="reads", own=("reports",))
    page = PeopleFile(path)
    monkeypatch.setattr(sys, "stdin", SlowlyTyped(lambda: page.add("cy", "cornices", rights)))
    add_user(page, "dan", folders="reports", everything=False)

    assert set(read_book(path).users) == {"ann", "bob", "cy", "dan"}


def test_a_change_waits_for_the_one_that_is_being_written(path):
    removing = threading.Thread(target=PeopleFile(path).remove, args=["ann"])
    with users_turn(path):
        removing.start()
        removing.join(0.3)
        during = set(read_book(path).users)
    removing.join(20)

    assert (during, set(read_book(path).users)) == ({"ann", "bob"}, {"bob"})


@pytest.mark.parametrize(
    ("arguments", "given", "words"),
    [
        (("add", "ann"), "avalanche\n", "What may they see?"),
        (("add", "ann", "--everything"), "short\n", "too short"),
        (("add", "", "--everything"), "avalanche\n", "name of a user"),
        (("add", "a", "--everything", "--folders", "b"), "avalanche\n", "not go together"),
        (("remove", "ann"), "", "can't be read"),
    ],
)
def test_what_can_not_be_done_is_one_sentence_and_changes_nothing(
    tmp_path, arguments, given, words
):
    done = command(tmp_path / "users.json", *arguments, given=given)

    assert done.exit_code == 2
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_role_and_groups_are_told_kept_and_changed(path):
    command(path, "group", "staff", "--folders", "letters")
    given = {"given": "avalanche\n"}
    command(path, "add", "cy", "--groups", "staff", "--role", "adds", **given)
    cy = read_book(path).users["cy"]
    command(path, "add", "cy", **given)
    command(path, "group", "staff", "--folders", "letters,plans")
    grown = read_book(path).users["cy"]
    command(path, "remove", "ann")

    own = cy.person.id
    assert cy.person == Person(name="cy", id=own, collections=("letters",), role="adds")
    assert grown.person == Person(name="cy", id=own, collections=("letters", "plans"), role="adds")
    assert read_book(path).users["cy"] == grown
    assert command(path, "list").stdout.endswith("cy adds: letters, plans (groups: staff)\n")
    demoted = command(path, "add", "bob", "--folders", "reports", **given)
    assert demoted.stdout == "bob reads: reports\n"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--groups", "nobody"), "no group nobody"),
        (("--role", "administers"), "Who administers sees everything"),
    ],
)
def test_a_role_or_group_that_can_not_be_changes_nothing(path, more, words):
    before = path.read_text()
    done = command(path, "add", "cy", "--folders", "a", *more, given="avalanche\n")

    assert (done.exit_code, path.read_text()) == (2, before)
    assert words in done.stderr


def test_a_file_of_before_roles_keeps_its_meaning(path):
    told = {"password": HASH, "collections": ["a"]}
    path.write_text(json.dumps({"ann": told, "bob": told | {"collections": "everything"}}))

    assert {name: user.person.role for name, user in read_book(path).users.items()} == {
        "ann": "reads",
        "bob": "administers",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "owns"},
        {"role": "administers"},
        {"groups": ["none"]},
        {"groups": "none"},
        {"questions_an_hour": -1},
        {"uploads_mb_a_day": True},
    ],
)
def test_what_a_file_says_of_roles_groups_and_limits_is_read_strictly(path, wrong):
    path.write_text(json.dumps({"ann": {"password": HASH, "collections": ["a"]} | wrong}))

    with pytest.raises(SettingsError, match="'ann'"):
        read_book(path)


def test_without_a_users_file_the_command_says_where_it_is_told():
    done = CliRunner().invoke(cli, ["user", "list"], env={"RAG_USERS": ""})

    assert done.exit_code == 2
    assert "Set RAG_USERS" in done.stderr


def test_the_hash_of_a_password_is_printed_for_the_setting():
    done = CliRunner().invoke(cli, ["user", "hash"], input="avalanche\n")

    assert matches("avalanche", done.stdout.strip())


def test_who_did_what_is_listed_and_steers_no_terminal(tmp_path, capsys):
    ledger = UserFile(tmp_path / "users.sqlite")
    lines = Audit(ledger)
    lines.put("ann", "added a file", about="a\x1b[2J.pdf", address="10.0.0.1")
    lines.put("", "changed the models")
    print_audit([line.as_json() for line in lines.last(10)])
    ledger.close()

    print_audit([])

    first, second, nothing = capsys.readouterr().out.splitlines()
    assert nothing == "Nothing yet."
    assert first.endswith("  the owner: changed the models")
    assert second.endswith("  ann: added a file a\N{REPLACEMENT CHARACTER}[2J.pdf from 10.0.0.1")


def test_what_the_command_changes_has_a_line_of_the_workspace(tmp_path):
    user = getpass.getuser()
    path, workspace = tmp_path / "users.json", tmp_path / "ws"
    to = ("--workspace", str(workspace))
    untold = command(path, "add", "bob", "--everything", *to, given="crevasse\n")
    assert "No workspace" in untold.stderr
    workspace.mkdir()
    ledger = UserFile(workspace / "users.sqlite")
    try:
        command(path, "group", "staff", "--folders", "letters", *to)
        command(path, "add", "ann", "--groups", "staff", *to, given="avalanche\n")
        command(path, "add", "cy", "--role", "owns", *to, given="avalanche\n")
        command(path, "remove", "ann", *to)
        command(path, "list", *to)
        lines = Audit(ledger).last(10)
    finally:
        ledger.close()

    assert [(line.who, line.what, line.about, line.address) for line in lines] == [
        ("the command line", "removed the person", "ann", user),
        (
            "the command line",
            "set the password and the rights of",
            "ann reads: letters (groups: staff)",
            user,
        ),
        ("the command line", "saved the group", "staff: letters", user),
    ]
