"""A chat beside the one that owns the workspace."""

import pytest

from ingest.chunking.chunker import CHUNKER_VERSION
from rag.errors import PagelightError, WorkspaceBusyError
from rag.index.workspace.store import WorkspaceIndex
from rag.neural.embed.embedders import minilm
from rag.settings import load_settings
from ui.server.serve_chat import serve_chat


def test_a_second_chat_with_other_documents_is_refused(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    other.mkdir()
    with minilm_index(tmp_path / "ws") as index:
        index.set_root(one)
        index.announce(url="http://127.0.0.1:1", token="t")  # noqa: S106 - of tests only
        with pytest.raises(PagelightError, match="Another chat reads"):
            serve_chat(
                load_settings({}, workspace=tmp_path / "ws"), other, on_listening=lambda _: None
            )


def test_a_chat_waits_for_no_owner_that_is_none(tmp_path):
    with minilm_index(tmp_path / "ws"), pytest.raises(WorkspaceBusyError):
        serve_chat(load_settings({}, workspace=tmp_path / "ws"), None, on_listening=lambda _: None)


def minilm_index(workspace):
    model = minilm()
    return WorkspaceIndex.open(
        workspace, model_id=model.model_id, dim=model.dim, chunker_version=CHUNKER_VERSION
    )
