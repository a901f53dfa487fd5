"""What the typed clients are compared on: one interface in two forms, and pages that call what it has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.registration import GROUP
from benchmarks.services.typed_interface import interface_document, openapi_document
from benchmarks.services.typed_projects import MIZAN, PEERS, WEB, Peer

SOURCES = WEB / "peers"


def test_both_documents_have_the_same_functions() -> None:
    declared = re.findall(r'^function "(\w+)"', interface_document(2 * GROUP), re.MULTILINE)
    endpoints = [path.removeprefix("/") for path in openapi_document(2 * GROUP)["paths"]]
    assert len(declared) == 2 * GROUP
    assert sorted(declared) == sorted(endpoints)


def test_openapi_says_what_the_functions_take_and_give() -> None:
    paths = openapi_document(GROUP)["paths"]
    orders = paths["/orders_0"]["get"]
    assert [parameter["name"] for parameter in orders["parameters"]] == ["user_id", "page"]
    assert orders["responses"]["200"]["content"]["application/json"]["schema"]["items"] == {
        "$ref": "#/components/schemas/Order0"
    }
    assert paths["/update_0"]["post"]["requestBody"]["required"] is True


@pytest.mark.parametrize("peer", [MIZAN, *PEERS], ids=lambda peer: peer.folder)
def test_every_client_shows_two_reads_and_calls_a_mutation(peer: Peer) -> None:
    page = (SOURCES / peer.folder / "page.tsx").read_text()
    for name in ("orders", "summary", "update"):
        assert re.search(rf"{name}.?\$N|shop\$N\.{name}", page, re.IGNORECASE), name
    assert {"main.tsx", "requests.ts"} <= files(SOURCES / peer.folder)


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (WEB / "package-lock.json").read_text()


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
