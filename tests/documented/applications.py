"""Examples as applications: each in a process of its own, asked by a program that runs there."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.adapters.projects import run, write_django_project

_FASTAPI = """
import json
import warnings
from fastapi import FastAPI
warnings.simplefilter("ignore")  # of the test client's own dependencies
from fastapi.testclient import TestClient
warnings.resetwarnings()
from mizan_fastapi import create_router, mount
import example

app = getattr(example, "app", None)
if app is None:
    app = FastAPI()
    mount(app, "/api/mizan", create_router())
http = TestClient(app, follow_redirects=False)


def call(name, /, **arguments):
    answer = http.post("/api/mizan/call/", json={"fn": name, "args": arguments})
    return [answer.status_code, answer.json()]


"""
_DJANGO = """
import json
import project
import django

django.setup()
from django.test import Client

http = Client(raise_request_exception=False)


def call(name, /, **arguments):
    body = {"fn": name, "args": arguments}
    answer = http.post("/api/mizan/call/", body, content_type="application/json")
    return [answer.status_code, answer.json()]


"""


def in_fastapi(folder: Path, example: str, program: str) -> Any:
    """What *program* prints as JSON, with ``http`` and ``call`` of an application that serves *example*."""
    (folder / "example.py").write_text(example)
    return _told(folder, _FASTAPI + dedent(program))


def in_django(folder: Path, example: str, program: str, options: str = "{}") -> Any:
    """As ``in_fastapi``, of a project whose app ``shop`` has *example* in ``clients.py``."""
    write_django_project(folder, example, options)
    return _told(folder, _DJANGO + dedent(program))


def _told(folder: Path, program: str) -> Any:
    (folder / "asking.py").write_text(program)
    done = run(folder, "asking.py")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
