"""The functions in the application's own OpenAPI description."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.routing import NoMatchFound

from mizan_core.client.routes import RouteParameter
from mizan_core.exports.openapi import parts
from mizan_core.introspection.urls import urls_of
from mizan_core.registry import Registry
from mizan_fastapi.view_functions import VIEW

_SAMPLES = {"int": "0", "uuid": "00000000-0000-0000-0000-000000000000", "slug": "x", "str": "x", "path": "x"}
"""By converter a text that can stand there."""


def describe_in(app: FastAPI, prefix: str, registry: Registry) -> None:
    """Have ``app.openapi()``, and so ``/docs``, describe the functions of *registry* as well."""
    own = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = own()
            components = schema.setdefault("components", {})
            ours = parts(registry, prefix=prefix, taken=components.get("schemas", {}), views=_views(app, registry))
            for kind, named in ours["components"].items():
                components.setdefault(kind, {}).update(named)
            schema.setdefault("paths", {}).update(ours["paths"])
            app.openapi_schema = schema
        return app.openapi_schema

    # FastAPI's own way to extend a description.
    app.openapi = openapi  # type: ignore[method-assign]


def _views(app: FastAPI, registry: Registry) -> dict[str, str]:
    """Where the functions with URLs of their own are that the application includes, by name.

    It tells them one at a time: how it keeps what it includes has changed between versions of FastAPI.
    """
    found: dict[str, str] = {}
    for url in urls_of(registry.get_all_functions()):
        for member in url.members:
            places = [part for part in member.parts if isinstance(part, RouteParameter)]
            values = {place.parameter: _SAMPLES[place.converter or "str"] for place in places}
            own = "".join(part if isinstance(part, str) else values[part.parameter] for part in member.parts)
            written = "".join(part if isinstance(part, str) else f"{{{part.parameter}}}" for part in member.parts)
            try:
                found[member.name] = app.url_path_for(f"{VIEW}{member.name}", **values).removesuffix(own) + written
            except NoMatchFound:
                continue
    return found
