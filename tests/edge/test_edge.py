"""The reference worker in Node, in front of a server of FastAPI's: what it keeps, and what it is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from mizan_core.edge.purging import HEADER, sign
from mizan_core.mwt import create_mwt
from tests.cache.redis.servers import free_port

ROOT = Path(__file__).parents[2]
SECRET = "an-edge-secret-of-these-tests-alone"
MWT_SECRET = "a-token-secret-of-these-tests-alone"
BASE = "/api/mizan"
PATIENCE = 60.0


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    said: Any


class Edge(NamedTuple):
    url: str
    origin: str
    manifest: dict[str, Any]

    def fetch(self, context: str, query: str = "", token: str | None = None) -> Answer:
        headers = {} if token is None else {"X-Mizan-Token": token}
        return answer(httpx.get(f"{self.url}{BASE}/ctx/{context}/?{query}", headers=headers, timeout=PATIENCE))

    def call(self, function: str, **args: Any) -> Answer:
        return answer(httpx.post(f"{self.url}{BASE}/call/{function}/", json={"args": args}, timeout=PATIENCE))

    def purge(self, body: bytes, signature: str) -> int:
        headers = {HEADER: signature}
        return httpx.post(f"{self.url}/mizan-purge", content=body, headers=headers, timeout=PATIENCE).status_code


def answer(response: httpx.Response) -> Answer:
    return Answer(response.status_code, dict(response.headers), response.json() if response.content else None)


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    if shutil.which("node") is None and not os.environ.get("MIZAN_REQUIRE_NODE"):
        pytest.skip("there is no node: make test-web brings one")
    folder = tmp_path_factory.mktemp("edge")
    port, edge_port = free_port(), free_port()
    variables = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "MIZAN_CACHE_SECRET": "a-cache-secret-of-these-tests-alone",
        "MIZAN_MWT_SECRET": MWT_SECRET,
        "MIZAN_EDGE_SECRET": SECRET,
        "MIZAN_EDGE_URL": f"http://127.0.0.1:{edge_port}/mizan-purge",
    }
    command = [
        sys.executable,
        "-m",
        "mizan_fastapi.manifest",
        "tests.edge.functions",
        "--output",
        str(folder / "edge.json"),
    ]
    subprocess.run(command, check=True, env=variables, cwd=ROOT, timeout=250)
    origin = f"http://127.0.0.1:{port}"
    with ExitStack() as running:
        served = ["-m", "uvicorn", "tests.edge.functions:app", "--port", str(port), "--log-level", "warning"]
        running.enter_context(_process([sys.executable, *served], variables))
        worker = ["node", "examples/edge/serve.mjs", str(folder / "edge.json"), origin, str(edge_port)]
        running.enter_context(_process(worker, variables))
        found = Edge(f"http://127.0.0.1:{edge_port}", origin, json.loads((folder / "edge.json").read_text()))
        _wait_for(lambda: found.fetch("me").status == 200)
        yield found


@contextmanager
def _process(command: list[str], variables: dict[str, str]) -> Iterator[None]:
    running = subprocess.Popen(command, env=variables, cwd=ROOT)
    try:
        yield
    finally:
        running.terminate()
        running.wait(PATIENCE)


def _wait_for(condition: Any) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if condition():
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < end, "it has not happened"
        time.sleep(0.05)


def test_the_manifest_says_who_may_see_what(edge: Edge) -> None:
    contexts = edge.manifest["contexts"]
    assert {name: (context["render"], context["ttl"]) for name, context in contexts.items()} == {
        "shop": ("shared", 60),
        "me": ("viewer", 0),
        "staff": ("viewer", 0),
        "weather": ("never", 0),
    }
    assert contexts["shop"]["endpoint"] == "/api/mizan/ctx/shop/"
    assert contexts["shop"]["functions"] == [{"name": "stock", "path": "rpc"}]
    assert edge.manifest["mutations"] == {
        "take": {"path": "rpc", "affects": [{"context": "shop", "scope": ["product"]}], "private": False, "auth": None}
    }
    assert edge.manifest["version"] == 1


def test_what_all_see_is_kept_until_it_is_stale(edge: Edge) -> None:
    first, second = (edge.fetch("shop", "product=tea") for _ in range(2))
    assert [first.headers["x-edge"], second.headers["x-edge"]] == ["MISS", "HIT"]
    assert first.said == second.said == {"stock": 10}
    assert edge.fetch("shop", "product=milk").headers["x-edge"] == "MISS"
    assert edge.call("take", product="tea").said["result"] == 9
    _wait_for(lambda: edge.fetch("shop", "product=tea").said == {"stock": 9})
    assert edge.fetch("shop", "product=milk").headers["x-edge"] == "HIT"


def test_nothing_of_one_viewer_reaches_another(edge: Edge) -> None:
    token = create_mwt({"id": 7, "is_staff": True}, MWT_SECRET)
    mine = edge.fetch("shop", "product=salt", token=token)
    theirs = edge.fetch("shop", "product=salt")
    assert (mine.headers["x-edge"], theirs.headers["x-edge"]) == ("MISS", "HIT")
    assert not {"x-mizan-viewer", "x-mizan-tags", "set-cookie"} & theirs.headers.keys()
    assert edge.fetch("staff", token=token).said == {"turnover": 1}
    assert edge.fetch("staff").status == 401


@pytest.mark.parametrize("context", ["me", "weather"])
def test_the_rest_passes(edge: Edge, context: str) -> None:
    assert all("x-edge" not in edge.fetch(context).headers for _ in range(2))


def test_tags_are_said_of_what_is_shared_alone(edge: Edge) -> None:
    tags = httpx.get(f"{edge.origin}{BASE}/ctx/shop/?product=tea").headers["x-mizan-tags"].split(",")
    assert tags[0] == "tag:shop"
    assert len(tags) == 2
    assert "x-mizan-tags" not in httpx.get(f"{edge.origin}{BASE}/ctx/me/").headers


def test_only_signed_purges_are_taken(edge: Edge) -> None:
    body, now = b'{"tags": []}', int(time.time())
    good = sign(SECRET, "POST", "/mizan-purge", body, now, "0" * 32)
    assert edge.purge(body, good) == 204
    assert edge.purge(body, good) == 401, "a nonce that it has seen"
    refused = {
        "another body": (b'{"tags": ["tag:shop"]}', sign(SECRET, "POST", "/mizan-purge", body, now, "1" * 32)),
        "another path": (body, sign(SECRET, "POST", "/", body, now, "2" * 32)),
        "another secret": (body, sign("x" * 32, "POST", "/mizan-purge", body, now, "3" * 32)),
        "too old": (body, sign(SECRET, "POST", "/mizan-purge", body, now - 120, "4" * 32)),
        "from the future": (body, sign(SECRET, "POST", "/mizan-purge", body, now + 120, "5" * 32)),
        "nothing": (body, ""),
    }
    assert {case: edge.purge(*purge) for case, purge in refused.items()} == dict.fromkeys(refused, 401)
