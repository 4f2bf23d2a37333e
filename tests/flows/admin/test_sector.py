"""A pairwise client's sector document must list its redirects, and be readable."""

from dataclasses import replace
from typing import Any

import pytest

from idp.flows.admin.clients import AddClient
from idp.flows.admin.sector import ReadSector
from idp.kernel.refusal import Faulty
from tests.city import City

SECTOR = "https://sector.test/redirects.json"
REDIRECTS = ["https://a.test/cb", "https://b.test/cb"]


def add(city: City, document: Any) -> None:
    def get_json(address: str) -> Any:
        assert address == SECTOR
        if isinstance(document, Exception):
            raise document
        return document

    registry = replace(city.flows.registry, sector_document=ReadSector(get_json))
    members = {
        "client_name": "Two hosts",
        "subject_type": "pairwise",
        "redirect_uris": REDIRECTS,
        "sector_identifier_uri": SECTOR,
    }
    AddClient(registry)(members, "two-hosts")


def test_a_document_that_lists_the_redirects_lets_them_share_a_sector(city):
    add(city, [*REDIRECTS, "https://c.test/"])

    assert city.flows.clients.get("two-hosts").sector_identifier_uri == SECTOR


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (REDIRECTS[:1], "sector_lacks"),
        ([], "sector_lacks"),
        ({"redirect_uris": REDIRECTS}, "sector_malformed"),
        ([17], "sector_malformed"),
        ("x", "sector_malformed"),
        (OSError("timed out"), "sector_unreachable"),
    ],
)
def test_any_other_document_refuses_the_client(city, document, code):
    with pytest.raises(Faulty, match=code):
        add(city, document)

    assert city.flows.clients.get("two-hosts") is None
