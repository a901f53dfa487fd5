"""One interface of many functions in two forms: Mizan's functions, and FastAPI's endpoints with an OpenAPI document."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import Body, FastAPI
from pydantic import create_model

from benchmarks.registration import GROUP, order_model, returning
from mizan_core.client import client
from mizan_core.client.client_function import ClientFunction
from mizan_core.ir import build_ir
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router, mount

__all__ = ("GROUP", "application", "interface_document", "openapi_document")


def interface_document(count: int) -> str:
    """The IR that Mizan's clients are generated from."""
    return build_ir(_registry(count))


def openapi_document(count: int) -> dict[str, Any]:
    """What FastAPI says of the functions as endpoints, without Mizan beside them."""
    return _endpoints(_registry(count)).openapi()


def application(count: int) -> FastAPI:
    """The endpoints, and Mizan at /api/mizan."""
    registry = _registry(count)
    app = _endpoints(registry)
    mount(app, "/api/mizan", create_router(registry, Settings()))
    return app


def _endpoints(registry: Registry) -> FastAPI:
    """An endpoint for each function: reads are GET with a query, mutations POST with a body."""
    app = FastAPI(title="Shop", version="1")
    for name, function in registry.get_all_functions().items():
        method = "POST" if function.is_mutation else "GET"
        app.add_api_route(f"/{name}", _endpoint(function), methods=[method], operation_id=name)
    return app


def _registry(count: int) -> Registry:
    """*count* functions: in each group a context of three, a mutation that changes two of them, and a look-up."""
    registry = Registry()
    for group in range(count // GROUP):
        _register_group(registry, group)
    return registry


def _register_group(registry: Registry, group: int) -> None:
    order = order_model(group)
    summary = create_model(f"Summary{group}", user_id=(int, ...), note=(str, ...))

    def orders(request: Any, user_id: int, page: int = 1) -> Any:
        return []

    def count_orders(request: Any, user_id: int) -> int:
        return 0

    def summarise(request: Any, user_id: int) -> Any:
        return summary(user_id=user_id, note="")

    def find_order(request: Any, order_id: UUID) -> Any:
        return None

    def update(request: Any, user_id: int, note: str) -> Any:
        return summary(user_id=user_id, note=note)

    context = f"shop_{group}"
    registry.register(client(context=context)(returning(orders, list[order])), f"orders_{group}")  # type: ignore[valid-type]  # the model is made above
    registry.register(client(context=context)(count_orders), f"order_count_{group}")
    registry.register(client(context=context)(returning(summarise, summary)), f"summary_{group}")
    registry.register(client(returning(find_order, order | None)), f"order_{group}")
    updating = client(affects=f"orders_{group}", merge=context)
    registry.register(updating(returning(update, summary)), f"update_{group}")


def _endpoint(function: ClientFunction[..., Any]) -> Callable[..., Any]:
    """A function without Mizan: its signature less the request, which FastAPI does not have to give it."""

    def endpoint(**arguments: Any) -> Any:
        return function.function(None, **arguments)

    parameters = [
        parameter.replace(
            kind=inspect.Parameter.KEYWORD_ONLY,
            default=Body() if function.is_mutation else parameter.default,
        )
        for name, parameter in inspect.signature(function.function, eval_str=True).parameters.items()
        if name != "request"
    ]
    returns = function.function.__annotations__["return"]
    endpoint.__signature__ = inspect.Signature(parameters, return_annotation=returns)  # type: ignore[attr-defined]
    return endpoint
