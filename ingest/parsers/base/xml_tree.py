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
    if any(mark in data for mark in ENTITIES):
        raise SourceError(
            f"The {name} defines XML entities, which can read other files or fill the memory; "
            "it is not opened."
        )
    return parsed_xml(data, recover=True, remove_pis=True, remove_comments=True)


def parsed_xml(data: bytes, **options: bool) -> Any:  # noqa: ANN401 - as above
    """Return the root; with `recover` None where there is none, else XMLSyntaxError is raised.

    Nothing is resolved, and nothing fetched; `options` are further ones of lxml's parser.
    """
    from lxml import etree  # noqa: PLC0415 - only for XML

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, **options)
    return etree.fromstring(data, parser)


def local_name(tag: object) -> str:
    """Return the name of an element or attribute without its namespace."""
    return str(tag).rpartition("}")[2]
