"""The URLs that functions have of their own, for an adapter to serve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mizan_core.client import ClientFunction
from mizan_core.client.routes import RouteParameter, RoutePart, rank, settled
from mizan_core.errors import GraphError, MethodNotAllowed


class Member(NamedTuple):
    """A function at a URL.

    :param parts: the route's texts and places, each place with its converter.
    """

    name: str
    parts: tuple[RoutePart, ...]
    methods: tuple[str, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """The parameters that the path holds, in its order."""
        return tuple(part.parameter for part in self.parts if isinstance(part, RouteParameter))

    @property
    def pattern(self) -> tuple[str, ...]:
        """What paths it is for, however its parameters are called."""
        return tuple(part if isinstance(part, str) else f"<{part.converter}>" for part in self.parts)


class Url(NamedTuple):
    """A URL, and the functions that have it, each for other methods."""

    members: tuple[Member, ...]

    def member(self, method: str) -> Member:
        """:raises MethodNotAllowed: naming those that it answers."""
        wanted = ("GET", "HEAD") if method == "HEAD" else (method,)
        for member in self.members:
            if any(word in member.methods for word in wanted):
                return member
        raise MethodNotAllowed(self.methods)

    @property
    def methods(self) -> tuple[str, ...]:
        """What it answers; HEAD where it answers GET."""
        said = [method for member in self.members for method in member.methods]
        return tuple(dict.fromkeys([*said, *(["HEAD"] if "GET" in said else [])]))


def urls_of(functions: Mapping[str, ClientFunction[..., Any]]) -> list[Url]:
    """The URLs of *functions*, those first that say most of their paths.

    :raises GraphError: when two functions are for the same requests.
    """
    groups: dict[tuple[str, ...], list[Member]] = {}
    for member in _members(functions):
        groups.setdefault(member.pattern, []).append(member)
    problems = [problem for group in groups.values() for problem in _conflicts(group)]
    if problems:
        raise GraphError(problems)
    urls = [Url(tuple(group)) for group in groups.values()]
    return sorted(urls, key=lambda url: rank(url.members[0].parts))


def _members(functions: Mapping[str, ClientFunction[..., Any]]) -> Iterable[Member]:
    routed = {name: route for name, function in functions.items() if (route := function.declaration.route) is not None}
    for name, route in sorted(routed.items()):
        function = functions[name]
        annotations = {parameter.name: parameter.annotation for parameter in function.parameters}
        yield Member(name, settled(route, annotations), function.declaration.methods)


def _conflicts(group: Iterable[Member]) -> Iterable[str]:
    holders: dict[str, str] = {}
    for member in group:
        for method in member.methods:
            holder = holders.setdefault(method, member.name)
            if holder != member.name:
                route = "".join(member.pattern)
                yield f'functions "{holder}" and "{member.name}" are both for {method} {route}: give one other methods'
