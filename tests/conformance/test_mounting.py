"""FastAPI: what is mounted and what is included give the same answers; all other tests here ask what is mounted."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.conformance.caller import BASE, JSON
from tests.conformance.target import Target
from tests.conformance.test_agreement import BODIES, QUERIES

pytestmark = pytest.mark.fastapi
INCLUDED = "/included/mizan/"
PATHS = [
    "",
    "call",
    "call/",
    "call//",
    "call/add",
    "call/add/",
    "call/add/more/",
    "call/unknown/",
    "call/%2F/",
    "call/%0A/",
    "call/%0a",
    "call/a%2fb/",
    "call/%C3%A9/",
    "Call/",
    "ctx",
    "ctx/",
    "ctx//",
    "ctx/global",
    "ctx/global/",
    "ctx/global//",
    "ctx/unknown/",
    "ctx/global/more/",
    "ctx/%00/",
    "session",
    "session/",
    "session/?a=1",
    "session//",
    "unknown/",
]
HEADERS = ("Content-Type", "Content-Length", "Cache-Control", "X-Mizan-Invalidate", "X-Mizan-Cache", "Allow")


def _said(response: httpx.Response, base: str) -> Any:
    location = response.headers.get("Location", "").replace(base, "BASE/")
    return response.status_code, [response.headers.get(name) for name in HEADERS], location, response.content


def _assert_same(target: Target, method: str, path: str, **options: Any) -> None:
    http = target.stranger().http
    mounted, included = (_said(http.request(method, base + path, **options), base) for base in (BASE, INCLUDED))
    assert mounted == included


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", PATHS)
def test_paths(target: Target, method: str, path: str) -> None:
    _assert_same(target, method, path, json={"args": {"a": 1}})


@pytest.mark.parametrize("name", BODIES)
def test_calls(target: Target, name: str) -> None:
    body = json.dumps(BODIES[name]).replace("@", "").encode()
    _assert_same(target, "POST", "call/", content=body, headers={"Content-Type": JSON})


@pytest.mark.parametrize("query", QUERIES)
def test_fetches(target: Target, query: str) -> None:
    _assert_same(target, "GET", "ctx/" + query.replace("@", ""))
