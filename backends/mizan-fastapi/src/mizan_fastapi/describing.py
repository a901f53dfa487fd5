"""The functions in the application's own OpenAPI description."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from mizan_core.exports.openapi import parts
from mizan_core.registry import Registry


def describe_in(app: FastAPI, prefix: str, registry: Registry) -> None:
    """Have ``app.openapi()``, and so ``/docs``, describe the functions of *registry* as well."""
    own = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = own()
            components = schema.setdefault("components", {})
            ours = parts(registry, prefix=prefix, taken=components.get("schemas", {}))
            for kind, named in ours["components"].items():
                components.setdefault(kind, {}).update(named)
            schema.setdefault("paths", {}).update(ours["paths"])
            app.openapi_schema = schema
        return app.openapi_schema

    # FastAPI's own way to extend a description.
    app.openapi = openapi  # type: ignore[method-assign]
