"""The marks of an interface and of viewers: the same in every process, and another for everybody else."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import Any

import pytest

from mizan_core.call.dispatcher import Dispatcher
from mizan_core.client import client
from mizan_core.ir import build_ir
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_core.viewer import ANONYMOUS, Viewer
from tests.call.fakes import SECRET, SETTINGS

ADA = Viewer(authenticated=True, id="ada")
VIEWERS = [ANONYMOUS, ADA, ADA._replace(staff=True), ADA._replace(superuser=True), ADA._replace(id="eva")]


def _interface(settings: Settings, *names: str) -> Any:
    registry = Registry()
    for name in names:
        registry.register(client(_nothing), name=name)
    return Dispatcher(registry, lambda: settings, lambda _: None).interface(), registry


def _nothing(request: Any) -> None: ...


def test_an_interface_is_known_by_its_document() -> None:
    interface, registry = _interface(SETTINGS, "one", "two")
    assert interface.mark == hashlib.sha256(build_ir(registry).encode()).hexdigest()[:16]
    assert _interface(SETTINGS, "two", "one")[0].mark == interface.mark
    assert _interface(SETTINGS, "one")[0].mark != interface.mark


def test_one_that_clients_cannot_have_has_none() -> None:
    interface, _ = _interface(SETTINGS, "a_b", "a.b")
    assert interface.endpoint("a_b")
    assert interface.mark is None


def test_a_viewer_is_known_by_the_key() -> None:
    interface, _ = _interface(SETTINGS)
    assert isinstance(SETTINGS.cache_secret, str)
    key = hmac.digest(SETTINGS.cache_secret.encode(), b"mizan:viewer", "sha256")
    expected = hmac.digest(key, b'[true,false,false,"ada"]', "sha256").hex()[:32]
    assert interface.viewer_mark(ADA) == expected
    assert len({interface.viewer_mark(viewer) for viewer in VIEWERS}) == len(VIEWERS)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_it_is_the_same_wherever_the_secret_is(viewer: Viewer) -> None:
    mark = _interface(SETTINGS)[0].viewer_mark(viewer)
    assert _interface(SETTINGS, "one")[0].viewer_mark(viewer) == mark
    assert _interface(replace(SETTINGS, cache_secret=SECRET[1:] + "x"))[0].viewer_mark(viewer) != mark


def test_the_secret_of_tokens_will_do() -> None:
    alone = _interface(Settings(mwt_secret=SECRET))[0].viewer_mark(ADA)
    ring = _interface(Settings(mwt_secret={"new": SECRET, "old": SECRET[::-1]}))[0].viewer_mark(ADA)
    assert alone == ring == _interface(Settings(cache_secret=SECRET))[0].viewer_mark(ADA)


def test_nobody_is_told_apart_without_a_secret_or_an_id() -> None:
    assert _interface(Settings())[0].viewer_mark(ADA) is None
    assert _interface(SETTINGS)[0].viewer_mark(Viewer(authenticated=True)) is None
