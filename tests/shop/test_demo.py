"""The demo as a program: exit codes, what it says, and that it leaves nothing behind."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.shop.conftest import SECONDS, Start

_URL = re.compile(r"http://127\.0\.0\.1:\d+")


@pytest.mark.parametrize(("engine", "arguments"), [("pure", ["--asgi"]), ("native", [])])
def test_walks_through_both_shops(engine: str, arguments: list[str], start: Start, temporary_folder: Path) -> None:
    demo = start("--verbose", *arguments, "--expect-engine", engine, MIZAN_ENGINE=engine)
    output, _ = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 0, output
    assert f"[FastAPI · {engine}]" in output
    assert f"[Django · {engine}]" in output
    assert "both print the same bytes" in output
    assert "\x1b" not in output
    assert_stopped(output, temporary_folder)


def test_says_in_two_screens_what_has_been_seen(start: Start) -> None:
    demo = start("--expect-engine", "pure", MIZAN_ENGINE="pure")
    output, _ = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 0, output
    lines = output.splitlines()
    assert len(lines) <= 120, output
    assert max(map(len, lines)) <= 160, output
    assert "Everything was as it must be" in output
    assert sum("POST place_order" in line and "user;user_id=" in line for line in lines) == 5
    # The second client is told of it over a socket, which Django has under ASGI.
    [told] = [line for line in lines if "← stale" in line]
    assert "catalogue query=" in told
    assert "user user_id=" in told


def test_failed_expectation_ends_with_1(start: Start, temporary_folder: Path) -> None:
    demo = start("--expect-engine", "native", MIZAN_ENGINE="pure")
    output, _ = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 1, output
    assert "expected 'native'" in output
    assert "got      'pure'" in output
    assert "Traceback" not in output
    assert list(temporary_folder.iterdir()) == []


def test_server_that_does_not_start_ends_with_1(start: Start, temporary_folder: Path) -> None:
    demo = start(MIZAN_ENGINE="steam")
    output, _ = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 1, output
    assert "MIZAN_ENGINE must be one of" in output
    assert list(temporary_folder.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_walk_stops_everything(number: signal.Signals, start: Start, temporary_folder: Path) -> None:
    demo = start()
    output = read_until(demo, "Open the page")
    demo.send_signal(number)
    rest, _ = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 130, output + rest
    assert "Traceback" not in rest
    assert_stopped(output, temporary_folder)


def test_interrupted_start_stops_everything(start: Start, temporary_folder: Path) -> None:
    demo = start("--serve")
    output = read_until(demo, "Uvicorn running on")
    demo.send_signal(signal.SIGINT)
    rest, _ = demo.communicate(timeout=SECONDS)
    assert "Traceback" not in rest
    assert_stopped(output, temporary_folder)


def test_serves_until_interrupted(start: Start, temporary_folder: Path) -> None:
    demo = start("--serve")
    output = read_until(demo, "Log in as ada")
    urls = sorted(set(_URL.findall(output)))
    assert len(urls) == 2
    for url in urls:
        answer = httpx.get(f"{url}/api/mizan/session/", timeout=60, trust_env=False)
        assert "csrfToken" in answer.json()
    demo.send_signal(signal.SIGINT)
    rest, _ = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 0, rest
    assert "Traceback" not in rest
    assert_stopped(output, temporary_folder)


def test_serving_ends_with_1_when_a_server_is_gone(start: Start, temporary_folder: Path) -> None:
    demo = start("--serve")
    output = read_until(demo, "Log in as ada")
    process_id = re.search(r"Started server process \[(\d+)\]", output)
    assert process_id is not None, output
    subprocess.run(["kill", "-9", process_id[1]], check=True)
    rest, _ = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 1, rest
    assert "FastAPI ended with exit code -9" in rest
    assert_stopped(output, temporary_folder)


def test_help_tells_the_options(start: Start) -> None:
    demo = start("--help")
    output, _ = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 0
    assert "--serve" in output


def read_until(demo: subprocess.Popen[str], text: str) -> str:
    """What the demo prints up to a line with *text*; pytest's own timeout ends the waiting."""
    assert demo.stdout is not None
    output = ""
    for line in demo.stdout:
        output += line
        if text in line:
            return output
    pytest.fail(f"the demo ended without {text!r}:\n{output}")


def assert_stopped(output: str, temporary_folder: Path) -> None:
    """Nobody listens any more at the URLs in *output*, and the databases are gone."""
    urls = {urlsplit(url) for url in _URL.findall(output)}
    assert urls
    for url in urls:
        with socket.socket() as probe:
            probe.settimeout(5)
            assert probe.connect_ex((url.hostname, url.port)) != 0, f"{url.geturl()} still listens"
    assert list(temporary_folder.iterdir()) == []
