"""Functions with URLs of their own: what they take from where, and what is answered to programs and to people."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conformance.answers import Answer, read_answer
from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target
from tests.conformance.tokens import mint

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
"""As browsers ask for a page."""


def ask(caller: Caller, world: World, method: str, path: str, **options: Any) -> httpx.Response:
    headers = {**caller.headers, **options.pop("headers", {})}
    return caller.http.request(method, f"{base(world)}{path}", headers=headers, **options)


def base(world: World) -> str:
    """Where the functions of a world are."""
    return "/async/routed" if world.suffix else "/routed"


def answer(caller: Caller, world: World, method: str, path: str, **options: Any) -> Answer:
    """An answer in JSON."""
    return read_answer(ask(caller, world, method, path, **options))


@pytest.fixture
def visitor(target: Target) -> Caller:
    """Somebody without a session, with what a site's CSRF protection asks of everybody."""
    caller = Caller(target.http())
    token = caller.session().json["csrfToken"]
    return Caller(caller.http, {} if token is None else {"X-CSRFToken": token})


class TestArguments:
    def test_path_and_query(self, stranger: Caller, world: World) -> None:
        assert answer(stranger, world, "GET", "/items/5/").result == {"id": 5, "tab": "all", "tags": []}
        found = answer(stranger, world, "GET", "/items/007/?tab=a%20b&tags=x&tags=y&utm_source=mail")
        assert found.result == {"id": 7, "tab": "a b", "tags": ["x", "y"]}

    def test_what_the_query_says_wrongly(self, stranger: Caller, world: World) -> None:
        refused = answer(stranger, world, "GET", "/items/5/?tab=a&tab=b").refused("VALIDATION_ERROR")
        assert refused.details.keys() == {"tab"}
        assert answer(stranger, world, "GET", "/items/5/?id=6").result["id"] == 5

    def test_a_json_body(self, visitor: Caller, world: World) -> None:
        found = answer(visitor, world, "POST", "/items/", json={"args": {"user_id": 5, "tags": ["a"]}})
        assert found.result == ["", "a"]
        assert found.header == f"{world('user')};user_id=5"
        assert answer(visitor, world, "PUT", "/items/5/", json={"args": {"note": "n"}}).result == "5 n"
        answer(visitor, world, "PUT", "/items/5/", json={"args": {"number": 6}}).refused("VALIDATION_ERROR")
        answer(visitor, world, "PUT", "/items/5/", json={"args": {"more": 6}}).refused("VALIDATION_ERROR")
        answer(visitor, world, "PUT", "/items/5/", json=[1]).refused("BAD_REQUEST")

    def test_no_body(self, visitor: Caller, world: World) -> None:
        assert answer(visitor, world, "PUT", "/items/5/").result == "5 None"
        assert answer(visitor, world, "DELETE", "/items/5/?note=gone").result == "5 gone"
        answer(visitor, world, "POST", "/items/").refused("VALIDATION_ERROR")

    def test_a_form(self, visitor: Caller, world: World) -> None:
        sent = {"user_id": "5", "note": "é &", "tags": ["a", "b"], "button": "Send"}
        assert answer(visitor, world, "POST", "/items/", data=sent).result == ["é &", "a", "b"]

    def test_another_body(self, visitor: Caller, world: World) -> None:
        headers = {"Content-Type": "text/plain"}
        refused = answer(visitor, world, "POST", "/items/", content=b"note=a", headers=headers)
        refused.refused("UNSUPPORTED_MEDIA_TYPE")

    def test_converters(self, stranger: Caller, world: World) -> None:
        uid = "6f4cbb02-9a35-4f44-8d43-0c1b1c0d6f01"
        assert answer(stranger, world, "GET", f"/kinds/{uid}/a-b_1/c/d/").result == [uid, "a-b_1", "c/d/"]


NOT_FOUND = [
    "/items/five/",
    "/items/-5/",
    "/items/5.0/",
    "/items//",
    "/few/11/",
    "/few/eleven/",
    f"/few/{'9' * 5_000}/",
    "/kinds/6f4cbb02-9a35-4f44-8d43-0c1b1c0d6f0/a/b",
    "/kinds/6f4cbb02-9a35-4f44-8d43-0c1b1c0d6f01/a.b/c",
    "/kinds/6f4cbb02-9a35-4f44-8d43-0c1b1c0d6f01/a/",
]


@pytest.mark.parametrize("path", NOT_FOUND, ids=lambda path: path[:30])
def test_what_does_not_convert_is_not_there(stranger: Caller, world: World, path: str) -> None:
    response = ask(stranger, world, "GET", path)
    assert response.status_code == 404


def test_a_value_beyond_its_parameters_limits_is_not_there(stranger: Caller, world: World) -> None:
    assert answer(stranger, world, "GET", "/few/10/").result == 10
    answer(stranger, world, "GET", "/few/11/").refused("NOT_FOUND")


class TestMethods:
    def test_functions_share_a_url(self, visitor: Caller, world: World) -> None:
        assert answer(visitor, world, "GET", "/items/5/").result["id"] == 5
        assert answer(visitor, world, "PUT", "/items/5/").result == "5 None"
        refused = answer(visitor, world, "POST", "/items/5/").refused("METHOD_NOT_ALLOWED")
        assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD", "PUT", "DELETE"}

    def test_head(self, stranger: Caller, world: World) -> None:
        response = ask(stranger, world, "HEAD", "/items/5/")
        assert (response.status_code, response.content) == (200, b"")

    def test_the_url_that_says_more_is_asked_first(self, stranger: Caller, world: World) -> None:
        assert answer(stranger, world, "GET", "/items/new/").result == "new"

    def test_a_mutation_is_a_post(self, visitor: Caller, world: World) -> None:
        assert answer(visitor, world, "GET", "/items/").refused("METHOD_NOT_ALLOWED").headers["Allow"] == "POST"


class TestWhoMay:
    def test_private_functions_are_there_for_nothing_else(self, stranger: Caller, world: World) -> None:
        assert answer(stranger, world, "GET", "/private/Ada/").result == "Ada"
        stranger.call(world("routed_private"), {"name": "Ada"}).refused("FORBIDDEN")

    def test_auth(self, target: Target, world: World) -> None:
        answer(target.stranger(), world, "GET", "/staff/").refused("UNAUTHORIZED")
        answer(target.member("plain"), world, "GET", "/staff/").refused("FORBIDDEN")
        assert answer(target.member("staff"), world, "GET", "/staff/").result == "staff"
        assert answer(target.bearer(mint("5", staff=True)), world, "GET", "/staff/").result == "staff"

    def test_it_comes_before_the_body(self, visitor: Caller, world: World) -> None:
        answer(visitor, world, "POST", "/members/", content=b"{", headers={"Content-Type": "application/json"}).refused(
            "UNAUTHORIZED"
        )

    @pytest.mark.parametrize("size", [0, 100, 2_000_000])
    def test_a_function_that_reads_its_body_itself(self, target: Target, world: World, size: int) -> None:
        headers = {"Content-Type": "application/octet-stream"}
        found = answer(target.member("plain"), world, "POST", "/taking/", content=b"a" * size, headers=headers)
        assert found.result == size

    @pytest.mark.django
    def test_a_guarded_form_has_the_csrf_token_in_its_body(self, target: Target, world: World) -> None:
        member = target.member("plain")
        form = {"note": "a", "csrfmiddlewaretoken": member.headers["X-CSRFToken"]}
        assert answer(Caller(member.http), world, "POST", "/members/", data=form).result == "a"
        answer(Caller(member.http), world, "POST", "/members/", data={"note": "a"}).refused("CSRF_FAILED")

    @pytest.mark.django
    def test_unsafe_methods_need_the_csrf_token_whoever_asks(self, target: Target, world: World) -> None:
        for caller in (Caller(target.http()), Caller(target.member("plain").http)):
            answer(caller, world, "PUT", "/items/5/").refused("CSRF_FAILED")
            answer(caller, world, "PUT", "/items/5/", data={"note": "a"}).refused("CSRF_FAILED")
        page = ask(target.stranger(), world, "PUT", "/items/5/", headers=HTML)
        assert (page.status_code, "CSRF verification failed" in page.text) == (403, True)
        assert answer(target.member("plain"), world, "PUT", "/items/5/").result == "5 None"

    @pytest.mark.django
    def test_a_form_has_it_in_its_body(self, visitor: Caller, world: World) -> None:
        form = {"user_id": "5", "note": "a", "csrfmiddlewaretoken": visitor.headers["X-CSRFToken"]}
        assert answer(Caller(visitor.http), world, "POST", "/items/", data=form).result == ["a"]
        answer(Caller(visitor.http), world, "POST", "/items/", data={"user_id": "5"}).refused("CSRF_FAILED")

    def test_a_token_needs_none(self, target: Target, world: World) -> None:
        assert answer(target.bearer(mint("5")), world, "PUT", "/items/5/").result == "5 None"
        answer(target.bearer("no.real.token"), world, "PUT", "/items/5/").refused("UNAUTHORIZED")


class TestErrors:
    def test_a_declared_one(self, visitor: Caller, world: World) -> None:
        refused = answer(visitor, world, "PUT", "/items/13/", json={"args": {"user_id": 1}}).refused("OUT_OF_STOCK")
        assert refused.json["error"]["data"]["left"] == 1
        assert refused.header == f"{world('user')};user_id=1"

    def test_somebody_who_looks_at_pages_gets_one(self, visitor: Caller, world: World) -> None:
        page = ask(visitor, world, "PUT", "/items/13/", headers=HTML, json={"args": {"user_id": 1}})
        assert (page.status_code, page.headers["Content-Type"]) == (409, "text/html; charset=utf-8")
        assert "Only 1 left." in page.text
        assert page.headers["X-Mizan-Invalidate"] == f"{world('user')};user_id=1"
        assert page.headers["Cache-Control"] == "no-store"

    def test_the_sites_own_page(self, stranger: Caller, world: World) -> None:
        page = ask(stranger, world, "GET", "/few/11/", headers=HTML)
        assert (page.status_code, page.text) == (404, "<h1>The site's own page: not found</h1>")

    def test_the_login(self, target: Target, world: World) -> None:
        page = ask(target.stranger(), world, "GET", "/members/?note=a%26b", headers=HTML)
        assert page.status_code == 302
        assert page.headers["Location"] == f"/login/?next={base(world)}/members/%3Fnote%3Da%2526b"
        assert ask(target.member("plain"), world, "GET", "/members/?note=b", headers=HTML).json()["result"] == "b"
        assert ask(target.member("plain"), world, "GET", "/staff/", headers=HTML).status_code == 403

    @pytest.mark.parametrize(
        ("accept", "is_page"),
        [
            ("", False),
            ("*/*", False),
            ("application/json", False),
            ("application/json, text/html;q=0.9", False),
            ("text/html", True),
            ("text/html;q=0", False),
            ("application/xhtml+xml", True),
            ("text/html, application/json", True),
            ("text/html;q=nonsense", False),
        ],
    )
    def test_accept(self, stranger: Caller, world: World, accept: str, is_page: bool) -> None:
        response = ask(stranger, world, "GET", "/few/11/", headers={"Accept": accept})
        assert response.headers["Content-Type"].startswith("text/html") == is_page

    @pytest.mark.logs_tracebacks
    @pytest.mark.parametrize("headers", [{}, HTML], ids=["program", "page"])
    def test_a_failure(self, target: Target, world: World, headers: dict[str, str]) -> None:
        offset = target.log_size()
        response = ask(target.stranger(), world, "GET", "/failing/", headers=headers)
        assert response.status_code == 500
        assert "the-cause" not in response.text
        assert response.headers["Content-Type"].startswith("text/html" if headers else "application/json")
        log = target.logged("the-cause-of-a-page", offset)
        assert log.count("Traceback (most recent call last)") == 1
        assert world("routed_failing") in log


class TestResponses:
    def test_they_go_through(self, stranger: Caller, world: World) -> None:
        page = ask(stranger, world, "GET", "/pages/5/")
        assert (page.status_code, page.text) == (200, "<p>5</p>")
        assert page.headers["Cache-Control"] == "no-store"
        assert "X-Mizan-Invalidate" not in page.headers

    def test_what_they_make_stale_is_told(self, visitor: Caller, world: World) -> None:
        page = ask(visitor, world, "POST", "/pages/5/")
        assert (page.status_code, page.headers["Location"]) == (303, f"{base(world)}/pages/5/")
        assert page.headers["X-Mizan-Invalidate"] == f"{world('user')};user_id=5"

    @pytest.mark.logs_tracebacks
    def test_what_is_none(self, stranger: Caller, world: World) -> None:
        answer(stranger, world, "GET", "/pages/lying/").refused("INTERNAL_ERROR")

    def test_names(self, stranger: Caller, world: World) -> None:
        assert stranger.http.get(f"/test/reverse/{world('routed_page')}/5/").text == f"{base(world)}/pages/5/"

    @pytest.mark.django
    def test_a_function_that_django_is_told_to_exempt(self, target: Target) -> None:
        assert target.http().post("/routed/hook/", content=b"raw").json()["result"] == "raw"
