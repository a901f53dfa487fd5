"""Which requests' bodies wait until it is known that whoever sends them may."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.urls import Resolver404, ResolverMatch, resolve

from mizan.routing import has_atomic_requests
from mizan.view_functions import url_of
from mizan_core.client import ClientFunction
from mizan_core.errors import MethodNotAllowed
from mizan_core.http.uploading import is_multipart
from mizan_core.introspection.urls import Member
from mizan_core.registry import default_registry

_SENDING = frozenset({"POST", "PUT", "PATCH"})


def waits(scope: Mapping[str, Any], path: str, content_type: str | None) -> bool:
    """Whether a request goes to a function that takes files, or to a guarded one at a URL of its own.

    :param path: of the request, in the project.
    """
    # With transactions around views these run in threads, which read what Django has received.
    if scope["method"] not in _SENDING or has_atomic_requests():
        return False
    has_parts = is_multipart(content_type)
    if not has_parts and not _has_guarded_views(default_registry.version):
        return False
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return (has_parts and _is_call(match)) or _is_view(match, scope["method"], has_parts=has_parts)


@lru_cache(1)
def _has_guarded_views(_: int) -> bool:
    """Whether there are any, so that others are not looked for among a project's URLs; asked anew for each version."""
    functions = default_registry.get_all_functions().values()
    return any(
        _is_guarded(function) and not _SENDING.isdisjoint(function.declaration.methods) for function in functions
    )


def _is_call(match: ResolverMatch) -> bool:
    return match.app_names[-1:] == ["mizan"] and match.url_name == "call-function"


def _is_view(match: ResolverMatch, method: str, *, has_parts: bool) -> bool:
    url = url_of(match.func)
    if url is None:
        return False
    try:
        member = url.member(method)
    except MethodNotAllowed:
        return False
    function = default_registry.get_function(member.name)
    return function is not None and (_is_guarded(function) or (has_parts and _takes_more(function, member)))


def _is_guarded(function: ClientFunction[..., Any]) -> bool:
    """Whether it is known who may before the body is. A callable may want to look at it."""
    auth = function.declaration.auth
    return auth is not None and not callable(auth)


def _takes_more(function: ClientFunction[..., Any], member: Member) -> bool:
    return len(function.parameters) > len(member.places)
