"""``Client`` of ``mizan.testing`` and ``mizan_fastapi.testing``, and the commands that call a function."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from fastapi import FastAPI

from mizan_core.client import client
from mizan_core.errors import MizanError, NotFound
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router, mount
from mizan_fastapi.testing import Client, Refused
from tests.adapters.projects import run, write_module
from tests.documented.pages import block

SETTINGS = Settings(mwt_secret="a-token-secret-of-this-test-alone", cache_secret="a-cache-secret-of-this-test-alone")
NAMES: dict[int, str] = {}


@client(context="user")
def user_name(request: Any, user_id: int, tags: list[str] | None = None) -> str:
    if user_id not in NAMES:
        raise NotFound("Nobody has this id.")
    return " ".join([NAMES[user_id], *(tags or ())])


@client(affects="user", auth=True)
def rename(request: Any, user_id: int, name: str) -> str:
    NAMES[user_id] = name
    return name


@pytest.fixture
def app() -> FastAPI:
    NAMES.clear()
    NAMES[5] = "Ada"
    registry = Registry()
    registry.register(user_name)
    registry.register(rename)
    app = FastAPI()
    mount(app, "/api/mizan", create_router(registry, SETTINGS))
    return app


def test_a_user_calls_and_fetches(app: FastAPI) -> None:
    with Client(app, user={"id": 7}, settings=SETTINGS) as ada:
        assert ada.fetch("user", user_id=5, tags=["a", "b & c"]) == {"user_name": "Ada a b & c"}
        assert [ada.bundle("user", {"user_id": 5}).cache for _ in range(2)] == ["MISS", "HIT"]
        answer = ada.answer("rename", {"user_id": 5, "name": "Ada L."})
        assert (answer.result, answer.merge) == ("Ada L.", [])
        assert answer.invalidate == [{"context": "user", "params": {"user_id": 5}}]
        assert ada.bundle("user", {"user_id": 5}).cache == "MISS"
        assert ada.call("rename", user_id=5, name="Ada") == "Ada"


def test_what_is_refused_is_raised(app: FastAPI) -> None:
    with Client(app) as nobody:
        with pytest.raises(Refused, match="401 UNAUTHORIZED") as refused:
            nobody.call("rename", user_id=5, name="Bob")
        assert refused.value.code == "UNAUTHORIZED"
        with pytest.raises(Refused, match="404 NOT_FOUND: Nobody has this id"):
            nobody.fetch("user", user_id=6)
        with pytest.raises(Refused) as refused:
            nobody.fetch("user", user_id="five")
        assert refused.value.status == 422
        assert refused.value.details


def test_the_pages_example(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIZAN_MWT_SECRET", str(SETTINGS.mwt_secret))
    exec(block("testing", "python", "with Client(app, user"), {"app": app, "pytest": pytest})  # noqa: S102 - our own page


def test_another_place_is_no_answer(app: FastAPI) -> None:
    with Client(app, base="/elsewhere") as lost, pytest.raises(MizanError, match="Is base= where"):
        lost.call("rename")


def test_a_user_needs_a_secret(app: FastAPI) -> None:
    with pytest.raises(ValueError, match="MIZAN_MWT_SECRET"):
        Client(app, user={"id": 7}, settings=Settings())


APPLICATION = """
from fastapi import FastAPI
from mizan_core.client import ErrorCase, client
from mizan_fastapi import mount, register


class OutOfStock(ErrorCase, status=409):
    left: int


@client(affects="stock", errors=[OutOfStock], auth="staff")
def take(request, product: str, count: int = 1) -> int:
    if count > 3:
        raise OutOfStock(left=3)
    return 3 - count


@client(context="stock")
def stock(request, product: str) -> int:
    return 3


for function in (take, stock):
    register(function)
app = FastAPI()
mount(app)
"""
SECRETS = {"MIZAN_MWT_SECRET": "a-token-secret-of-this-test-alone"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_module(tmp_path, APPLICATION)
    monkeypatch.setenv("MIZAN_MWT_SECRET", SECRETS["MIZAN_MWT_SECRET"])
    return tmp_path


def test_the_routers_own_secret_signs_where_the_environment_has_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = 'mount(app, router=create_router(settings=Settings(mwt_secret="a-token-secret-of-this-router-alone")))'
    text = APPLICATION.replace("import mount, register", "import Settings, create_router, mount, register")
    write_module(folder, text.replace("mount(app)", own))
    monkeypatch.delenv("MIZAN_MWT_SECRET")
    answer = call(folder, "take", '{"product": "tea"}', "--user", "5", "--staff")
    assert json.loads(answer.stdout)["result"] == 2, answer.stderr


def test_a_user_needs_a_secret_there_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIZAN_MWT_SECRET")
    answer = call(folder, "take", "--user", "5")
    assert (answer.returncode, "--user: a token needs a secret" in answer.stderr) == (1, True)


def call(folder: Path, *arguments: str) -> CompletedProcess[str]:
    return run(folder, "-m", "mizan_fastapi.call", "functions:app", *arguments)


def test_a_function_is_called_from_the_command_line(folder: Path) -> None:
    answer = call(folder, "take", '{"product": "tea"}', "--user", "5", "--staff")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {
        "result": 2,
        "invalidate": [{"context": "stock", "params": {"product": "tea"}}],
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("take", '{"product": "tea"}'), "401 UNAUTHORIZED"),
        (
            ("take", '{"product": "tea", "count": 5}', "--user", "5", "--staff"),
            "409 OUT_OF_STOCK",
        ),
        (("take", "{}", "--user", "5", "--staff"), "422 VALIDATION_ERROR"),
        (("take", "[1]"), "the arguments are a JSON object"),
        (("take", "{"), "the arguments are no JSON"),
        (("tale",), "404 NOT_FOUND"),
    ],
)
def test_a_call_that_fails_says_why(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    answer = call(folder, *arguments)
    assert answer.returncode == 1
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_application_is_named(folder: Path) -> None:
    answer = run(folder, "-m", "mizan_fastapi.call", "functions:application", "take")
    assert answer.returncode == 1
    assert "there is no FastAPI application" in answer.stderr


PROJECT = """
import sys
from django.conf import settings
from django.urls import include, path

settings.configure(
    SECRET_KEY="of-this-test-alone",
    ROOT_URLCONF="project",
    ALLOWED_HOSTS=["testserver"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "mizan"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "project.sqlite3"}},
    MIZAN_CACHE_SECRET="a-cache-secret-of-this-test-alone",
)
urlpatterns = [path("api/mizan/", include("mizan.urls"))]
sys.modules["project"] = sys.modules[__name__]
import django
django.setup()
from django.contrib.auth.models import User
from mizan_core.client import client
from mizan_core.registry import register

@client(context="user")
def user_name(request, user_id: int) -> str:
    return User.objects.get(pk=user_id).first_name

@client(affects="user", auth=True)
def rename(request, user_id: int, name: str) -> str:
    User.objects.filter(pk=user_id).update(first_name=name)
    return request.user.username

register(user_name)
register(rename)
if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
"""
DJANGO_TESTS = """
from django.contrib.auth.models import User
from django.test import TestCase, TransactionTestCase
from mizan.testing import Client, Refused, committed, fresh_cache


class Inside(TestCase):
    def setUp(self):
        fresh_cache()
        self.ada = User.objects.create_user("ada", first_name="Ada")

    def test_calls(self):
        with committed():
            answer = Client(user=self.ada).answer("rename", {"user_id": self.ada.pk, "name": "A."})
        self.assertEqual(answer.result, "ada")
        self.assertEqual(answer.invalidate, [{"context": "user", "params": {"user_id": self.ada.pk}}])
        bundle = Client().bundle("user", {"user_id": self.ada.pk})
        self.assertEqual((bundle.results, bundle.cache), ({"user_name": "A."}, "BYPASS"))

    def test_refusals(self):
        with self.assertRaises(Refused) as refused:
            Client().call("rename", user_id=self.ada.pk, name="A.")
        self.assertEqual(refused.exception.code, "UNAUTHORIZED")


class Committed(TransactionTestCase):
    def test_the_cache(self):
        fresh_cache()
        ada = User.objects.create_user("ada", first_name="Ada")
        client = Client(user=ada)
        fetch = lambda: client.bundle("user", {"user_id": ada.pk})
        self.assertEqual([fetch().cache for _ in range(2)], ["MISS", "HIT"])
        client.call("rename", user_id=ada.pk, name="A.")
        self.assertEqual((fetch().results, fetch().cache), ({"user_name": "A."}, "HIT"))
        fresh_cache()
        self.assertEqual(fetch().cache, "MISS")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project.py").write_text(PROJECT)
    return tmp_path


def test_a_projects_own_tests(project: Path) -> None:
    example = block("testing", "python", "committed()")
    (project / "project_tests.py").write_text(f"{DJANGO_TESTS}\n\n{example}")
    ended = run(project, "project.py", "test", "project_tests")
    assert ended.returncode == 0, ended.stderr
    assert "Ran 4 tests" in ended.stderr


def test_django_calls_a_function_from_the_command_line(project: Path) -> None:
    assert run(project, "project.py", "migrate", "-v0").returncode == 0
    shell = "from django.contrib.auth.models import User; User.objects.create_user('ada')"
    assert run(project, "project.py", "shell", "-c", shell).returncode == 0
    answer = run(project, "project.py", "mizan_call", "rename", '{"user_id": 1, "name": "A."}', "--user", "ada")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["result"] == "ada"
    nobody = run(project, "project.py", "mizan_call", "rename", '{"user_id": 1, "name": "A."}')
    assert nobody.returncode == 1
    assert "401 UNAUTHORIZED" in nobody.stderr
    unknown = run(project, "project.py", "mizan_call", "rename", "--user", "eve")
    assert "no user is named 'eve'" in unknown.stderr
