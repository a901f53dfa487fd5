"""Small applications in a folder of their own, run as their developers would run them."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess
from textwrap import dedent

from tests.forking import client

FUNCTIONS = """
from mizan_core.client import client
from mizan_core.registry import register
from pydantic import BaseModel


class Profile(BaseModel):
    id: int
    name: str


@client(context="user")
def user_profile(request, user_id: int) -> Profile:
    return Profile(id=user_id, name="Ada")


@client(affects="user", merge="user", auth=True)
def rename(request, user_id: int, name: str = "none") -> Profile:
    return Profile(id=user_id, name=name)


register(user_profile)
register(rename)
"""

_DJANGO = """
import sys
from django.conf import settings
from django.core.management import execute_from_command_line
from django.urls import include, path

options = dict(
    SECRET_KEY="of-this-test-alone",
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["mizan", "shop"],
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    MIZAN_MWT_SECRET="a-token-secret-of-this-test-alone",
)
options.update({options})
settings.configure(**options)
urlpatterns = [path("api/mizan/", include("mizan.urls"))]
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
"""

_DJANGO_APP = """
from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self) -> None:
        from mizan.setup import mizan_clients

        mizan_clients("shop")
"""


def write_django_project(folder: Path, functions: str = FUNCTIONS, options: str = "{}") -> Path:
    """A project whose app ``shop`` has *functions* in ``clients.py``; *options* is a dict literal of settings."""
    app = folder / "shop"
    app.mkdir()
    (app / "__init__.py").touch()
    (app / "apps.py").write_text(_DJANGO_APP)
    (app / "clients.py").write_text(dedent(functions))
    project = folder / "project.py"
    project.write_text(_DJANGO.replace("{options}", options))
    return project


def write_module(folder: Path, functions: str = FUNCTIONS) -> str:
    """A module ``functions``; gives its name."""
    (folder / "functions.py").write_text(dedent(functions))
    return "functions"


def run(folder: Path, *arguments: str | Path) -> CompletedProcess[str]:
    """Run Python in *folder*."""
    return client.run(folder, *arguments)
