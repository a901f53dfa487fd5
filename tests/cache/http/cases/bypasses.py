"""Why the cache had no part in a fetch: counted by reason, logged at DEBUG, and told to clients in debug mode alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from mizan_core.cache import BypassReason, stats
from mizan_core.cache.backend import TAG_TTL
from mizan_core.cache.versions import EPOCH
from tests.cache.http.asking import Asker
from tests.cache.http.fastapi_app import app
from tests.cache.http.sites import Site

HEADER = "X-Mizan-Cache-Reason"


@pytest.fixture
def debugging(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "DEBUG", True)
    monkeypatch.setattr(app, "debug", True)


def _counted(reason: BypassReason) -> int:
    return stats().bypassed_for.get(reason.value, 0)


@pytest.mark.parametrize(
    ("context", "parameters", "reason", "about"),
    [
        ("uncached", {}, BypassReason.NEVER, "uncached{suffix}"),
        ("measured", {"value": "?"}, BypassReason.NO_IDENTITY, "value"),
    ],
)
@pytest.mark.usefixtures("debugging")
def test_what_is_never_cached(
    asker: Asker,
    caplog: pytest.LogCaptureFixture,
    context: str,
    parameters: dict[str, str],
    reason: BypassReason,
    about: str,
) -> None:
    before, whole = _counted(reason), stats().bypasses
    with caplog.at_level(logging.DEBUG, "mizan.cache"):
        answer = asker.caller.fetch(context + asker.suffix, **parameters)
    told = f"{reason.value}: {about.format(suffix=asker.suffix)}"
    assert answer.headers["X-Mizan-Cache"] == "BYPASS"
    assert answer.headers[HEADER] == told
    assert (_counted(reason), stats().bypasses) == (before + 1, whole + 1)
    (record,) = (record for record in caplog.records if record.name == "mizan.cache")
    assert record.levelno == logging.DEBUG
    assert record.getMessage() == f"A fetch of context {context}{asker.suffix} bypasses the cache: {told}"
    assert vars(record)["mizan_context"] == context + asker.suffix


def test_without_debug_mode_no_client_is_told(asker: Asker) -> None:
    answer = asker.caller.fetch("uncached" + asker.suffix)
    assert answer.headers["X-Mizan-Cache"] == "BYPASS"
    assert HEADER not in answer.headers


@pytest.mark.usefixtures("debugging")
def test_hits_and_misses_have_no_reason(asker: Asker) -> None:
    answers = [asker.caller.fetch("notice" + asker.suffix) for _ in range(2)]
    assert [answer.headers["X-Mizan-Cache"] for answer in answers] == ["MISS", "HIT"]
    assert not [answer for answer in answers if HEADER in answer.headers]


@pytest.mark.usefixtures("debugging")
def test_a_store_that_does_not_answer(asker: Asker) -> None:
    asker.site.cache.is_away = True
    for _ in range(2):
        assert asker.caller.fetch("notice" + asker.suffix).headers[HEADER] == BypassReason.UNAVAILABLE.value


@pytest.mark.usefixtures("debugging")
def test_somebody_elses_value(asker: Asker) -> None:
    asker.site.cache.write({EPOCH: b"not a version of ours, surely"}, TAG_TTL)
    assert asker.caller.fetch("notice" + asker.suffix).headers[HEADER] == BypassReason.FOREIGN_VALUE.value


@pytest.fixture
def without_secret(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("MIZAN_CACHE_SECRET")
    monkeypatch.setattr(django_settings, "MIZAN_CACHE_SECRET", None)
    site.dispatcher.reset()
    yield
    site.dispatcher.reset()


@pytest.mark.usefixtures("debugging", "without_secret")
def test_no_secret(asker: Asker) -> None:
    before = _counted(BypassReason.NO_SECRET)
    assert asker.caller.fetch("notice" + asker.suffix).headers[HEADER] == BypassReason.NO_SECRET.value
    assert _counted(BypassReason.NO_SECRET) == before + 1


@pytest.mark.usefixtures("debugging")
def test_a_transaction(asker: Asker) -> None:
    if asker.site.name != "django-wsgi":
        pytest.skip("the transaction of this thread is not that of the event loop's")
    with transaction.atomic():
        assert asker.caller.fetch("notice" + asker.suffix).headers[HEADER] == BypassReason.TRANSACTION.value
