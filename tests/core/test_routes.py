"""Routes: their syntax, their order, and what is refused."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import Field

from mizan_core.client import client
from mizan_core.client.routes import RouteParameter, parts_of, settled
from mizan_core.errors import GraphError
from mizan_core.introspection.urls import urls_of
from mizan_core.ir import validate_registry
from mizan_core.registry import Registry


def function(name: str, route: str, **options: Any) -> Any:
    parameters = [part.parameter for part in parts_of(route) if isinstance(part, RouteParameter)]
    scope: dict[str, Any] = {}
    exec(f"def {name}(request, {', '.join(f'{each}: str' for each in parameters)}) -> None: ...", scope)  # noqa: S102
    return client(route=route, **options)(scope[name])


def registered(*functions: Any) -> Registry:
    registry = Registry()
    for each in functions:
        registry.register(each)
    return registry


def test_parts() -> None:
    assert parts_of("/p/<int:id>-<slug>/x") == (
        "/p/",
        RouteParameter("id", "int"),
        "-",
        RouteParameter("slug", None),
        "/x",
    )
    assert parts_of("/") == ("/",)


def test_a_bare_place_has_the_converter_of_its_annotation() -> None:
    annotations: dict[str, Any] = {
        "a": int,
        "b": Annotated[int, Field(ge=1)],
        "c": UUID | None,
        "d": str,
        "e": int | str,
        "f": bool,
    }
    parts = settled("/<a>/<b>/<c>/<d>/<e>/<f>/<path:a2>", {**annotations, "a2": str})
    places = [part.converter for part in parts if isinstance(part, RouteParameter)]
    assert places == ["int", "int", "uuid", "str", "str", "str", "path"]


@pytest.mark.parametrize(
    ("route", "message"),
    [
        ("p/", "begins with a slash"),
        ("/<float:x>/", "no converter is named 'float'; there are: int, uuid, slug, str, path"),
        ("/<x y>/", "'<x y>' names no parameter"),
        ("/<>/", "'<>' names no parameter"),
        ("/<int:>/", "'<int:>' names no parameter"),
        ("/<x>/<x>/", "has a place for one parameter twice"),
        ("/<x/", "'<' cannot stand there"),
        ("/{x}/", "'{' cannot stand there"),
        ("/a?b=1", r"'\?' cannot stand there"),
    ],
)
def test_what_is_no_route(route: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        client(route=route)(lambda request: None)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"route": 5}, TypeError, "takes a path such as"),
        ({"methods": "GET", "route": "/"}, TypeError, "takes a list of methods"),
        ({"methods": [], "route": "/"}, TypeError, "takes a list of methods"),
        ({"methods": ["get"], "route": "/"}, ValueError, "'get' is none of GET"),
        ({"methods": ["TRACE"], "route": "/"}, ValueError, "'TRACE' is none of GET"),
        ({"methods": ["GET"]}, ValueError, "methods= without route="),
        ({"route": "/<x>/"}, ValueError, "the function has no parameter 'x'"),
    ],
)
def test_what_is_refused(options: dict[str, Any], kind: type[Exception], message: str) -> None:
    def plain(request: object) -> None: ...

    with pytest.raises(kind, match=message):
        client(**options)(plain)


def test_default_methods() -> None:
    assert function("read", "/").declaration.methods == ("GET",)
    assert function("listed", "/", context="shop").declaration.methods == ("GET",)
    assert function("write", "/", affects="shop").declaration.methods == ("POST",)
    assert function("put", "/", merge="shop", methods=["PUT", "PUT"]).declaration.methods == ("PUT",)
    assert function("read", "/").declaration.route == "/"


def test_one_that_says_more_comes_first() -> None:
    routes = ["/p/<path:a>", "/p/<a>/", "/p/<slug:a>/", "/p/<int:a>/", "/p/new/", "/p/new/<int:a>/", "/p/<a>/x/", "/"]
    functions = registered(*(function(f"f{index}", route) for index, route in enumerate(routes))).get_all_functions()
    found = [functions[url.members[0].name].declaration.route for url in urls_of(functions)]
    order = ["/p/new/<int:a>/", "/p/new/", "/p/<int:a>/", "/p/<slug:a>/", "/p/<a>/x/", "/p/<a>/", "/p/<path:a>"]
    positions = [found.index(route) for route in order]
    for earlier, later in [(1, 2), (2, 3), (3, 5), (5, 6), (0, 6), (4, 6)]:
        assert positions[earlier] < positions[later], found


def test_functions_of_one_url_have_other_methods() -> None:
    read, write = function("read", "/p/<int:a>/"), function("write", "/p/<int:b>/", methods=["PUT"])
    (url,) = urls_of(registered(read, write).get_all_functions())
    assert [member.name for member in url.members] == ["read", "write"]
    assert url.methods == ("GET", "PUT", "HEAD")
    registry = registered(read, function("also", "/p/<int:c>/"))
    problem = 'functions "also" and "read" are both for GET /p/<int>/: give one other methods'
    with pytest.raises(GraphError, match=problem):
        urls_of(registry.get_all_functions())
    assert validate_registry(registry) == [problem]
