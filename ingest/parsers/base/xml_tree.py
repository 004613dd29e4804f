"""XML of any origin as a tree: nothing in it reads a file, opens the net or fills the memory."""

from __future__ import annotations

from typing import Any

from ingest.discovery.archive import ENTITIES
from rag.errors import SourceError


def xml_tree(data: bytes, *, name: str) -> Any:  # noqa: ANN401 - lxml brings no types
    """Return the root, mended as far as that goes; None where there is none.

    Comments and instructions are left out. Raises SourceError, which calls it by `name`, where
    it defines entities.
    """
    from lxml import etree  # noqa: PLC0415 - only for XML

    if any(mark in data for mark in ENTITIES):
        raise SourceError(
            f"The {name} defines XML entities, which can read other files or fill the memory; "
            "it is not opened."
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        remove_pis=True,
        remove_comments=True,
    )
    return etree.fromstring(data, parser)
