"""``manage.py check`` names every misconfiguration by its id, and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.projects import FUNCTIONS, run, write_django_project

PEM = "-----BEGIN PUBLIC KEY-----" + "A" * 40
SHORT = "only-thirty-one-bytes-of-secret"
SECRET = "a-cache-secret-of-these-tests-0123456789"
OTHER = "another-secret-of-these-tests-0123456789"


def _cache(**urls: str) -> str:
    options = {f"MIZAN_CACHE_{name.upper()}": url for name, url in urls.items()}
    return repr({"MIZAN_CACHE_SECRET": SECRET, **options})


def check(folder: Path, functions: str = FUNCTIONS, options: str = "{}") -> tuple[int, str]:
    write_django_project(folder, functions, options)
    done = run(folder, "project.py", "check", "--fail-level", "WARNING")
    return done.returncode, done.stdout + done.stderr


def test_a_sound_project_has_nothing_to_complain_of(tmp_path: Path) -> None:
    status, output = check(tmp_path)
    assert (status, "no issues" in output) == (0, True), output


@pytest.mark.parametrize(
    ("options", "identifier", "words"),
    [
        pytest.param(f"dict(MIZAN_MWT_SECRET={SHORT!r})", "mizan.E001", "at least 32 bytes", id="short secret"),
        pytest.param(f"dict(MIZAN_MWT_SECRET={PEM!r})", "mizan.E001", "PEM block", id="public key as secret"),
        pytest.param("dict(MIZAN_MWT_SECRET={})", "mizan.E001", "key ring is empty", id="empty ring"),
        pytest.param(f"dict(MIZAN_MWT_SECRET=dict(v1={SHORT!r}))", "mizan.E001", "secret.v1", id="weak key in a ring"),
        pytest.param("dict(MIZAN_MWT_TTL=0)", "mizan.E002", "MIZAN_MWT_TTL: an integer from 1 to 86400", id="ttl"),
        pytest.param("dict(MIZAN_MWT_LEEWAY='x')", "mizan.E002", "MIZAN_MWT_LEEWAY", id="leeway"),
        pytest.param("dict(MIZAN_MAX_BODY_BYTES=-1)", "mizan.E002", "MIZAN_MAX_BODY_BYTES", id="body limit"),
        pytest.param("dict(MIZAN_MWT_AUDIENCE=5)", "mizan.E002", "a string is needed", id="audience"),
        pytest.param(
            "dict(MIZAN_MWT_SECRET=None, MIZAN_MWT_TTL=60)",
            "mizan.W001",
            "MIZAN_MWT_TTL is set, but MIZAN_MWT_SECRET is missing",
            id="no secret",
        ),
        pytest.param(
            f"dict(MIZAN_MWT_SECRET={SECRET!r}, MIZAN_CACHE_SECRET={SECRET!r})",
            "mizan.W005",
            "one secret",
            id="one secret",
        ),
        pytest.param(
            f"dict(MIZAN_MWT_SECRET=dict(v1={OTHER!r}, v2={SECRET.encode()!r}), MIZAN_CACHE_SECRET={SECRET!r})",
            "mizan.W005",
            "one secret",
            id="one secret in a ring",
        ),
        pytest.param(
            f"dict(SECRET_KEY={SECRET!r}, MIZAN_CACHE_SECRET={SECRET!r})",
            "mizan.W006",
            "MIZAN_CACHE_SECRET is the framework's own secret",
            id="Django's secret",
        ),
        pytest.param(
            f"dict(SECRET_KEY={SECRET!r}, MIZAN_MWT_SECRET={SECRET!r})",
            "mizan.W006",
            "MIZAN_MWT_SECRET is the framework's own secret",
            id="Django's secret for tokens",
        ),
        pytest.param("dict(MIZAN_MWT_SECRET='z' * 40)", "mizan.W007", "anybody can guess it", id="one character"),
        pytest.param(
            "dict(MIZAN_CACHE_SECERT='zzz')",
            "mizan.W008",
            "MIZAN_CACHE_SECERT is no setting of Mizan.\n\tHINT: Did you mean MIZAN_CACHE_SECRET?",
            id="misspelt",
        ),
        pytest.param("dict(MIZAN_QQ=5)", "mizan.W008", "MIZAN_QQ is no setting of Mizan.", id="unknown"),
        pytest.param(
            "dict(MIZAN_ENGINE='pure')", "mizan.W008", "It is an environment variable alone.", id="engine as a setting"
        ),
        pytest.param(
            _cache(url=f"redis://:{SHORT}@one", redis_url=f"redis://:{SHORT}@two"),
            "mizan.W009",
            "MIZAN_CACHE_URL and MIZAN_CACHE_REDIS_URL are both set",
            id="two URLs",
        ),
        pytest.param(f"dict(MIZAN_CACHE_SECRET={SHORT!r})", "mizan.E004", "at least 32 bytes", id="short cache secret"),
        pytest.param(f"dict(MIZAN_CACHE_SECRET={PEM!r})", "mizan.E004", "PEM block", id="public key as cache secret"),
        pytest.param("dict(MIZAN_CACHE_TIMEOUT_MS=0)", "mizan.E002", "MIZAN_CACHE_TIMEOUT_MS", id="cache timeout"),
        pytest.param(_cache(url=f"s3://user:{SHORT}@host"), "mizan.E005", "'s3' belongs to no", id="unknown store"),
        pytest.param(_cache(url=SHORT), "mizan.E005", "MIZAN_CACHE_URL: the cache URL is none", id="no URL"),
        pytest.param(_cache(redis_url=f"redis://:{SHORT}@host:x"), "mizan.E005", "MIZAN_CACHE_REDIS_URL", id="port"),
        pytest.param(f"dict(MIZAN_CACHE_URL='redis://:{SHORT}@host')", "mizan.W003", "no cache", id="no cache secret"),
        pytest.param("dict(MIDDLEWARE=[])", "mizan.W002", "CsrfViewMiddleware", id="no CSRF middleware"),
    ],
)
def test_a_setting_that_cannot_be_used(tmp_path: Path, options: str, identifier: str, words: str) -> None:
    status, output = check(tmp_path, options=options)
    assert status == 1
    assert identifier in output
    assert words in output
    assert not [secret for secret in (SHORT, PEM, SECRET, OTHER, "zzz") if secret in output]


def test_who_uses_no_tokens_needs_no_secret_for_them(tmp_path: Path) -> None:
    status, output = check(tmp_path, options="dict(MIZAN_MWT_SECRET=None)")
    assert (status, "no issues" in output) == (0, True), output


def test_every_contradiction_of_the_graph_at_once(tmp_path: Path) -> None:
    broken = FUNCTIONS.replace('affects="user"', 'affects=["usr", "nothing_like_it"]')
    status, output = check(tmp_path, broken)
    assert status == 1
    assert output.count("mizan.E003") == 2
    assert 'did you mean "user"?' in output
    assert "nothing_like_it" in output


def test_checks_can_be_silenced(tmp_path: Path) -> None:
    status, _ = check(tmp_path, options="dict(MIZAN_QQ=1, SILENCED_SYSTEM_CHECKS=['mizan.W008'])")
    assert status == 0


@pytest.mark.parametrize(
    ("url", "workers", "warns"),
    [
        ("memory://", "2", True),
        ("memory://", "1", False),
        ("memory://", "", False),
        ("memory://", "many", False),
        ("redis://localhost", "2", False),
    ],
)
def test_memory_is_not_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, workers: str, warns: bool
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", workers)
    status, output = check(tmp_path, options=_cache(url=url))
    assert (status, "mizan.W004" in output) == (int(warns), warns), output
    assert SECRET not in output
