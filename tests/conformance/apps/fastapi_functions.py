"""Functions that only a FastAPI application can have: those that return or raise what is Starlette's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import HTTPException, UploadFile
from fastapi.responses import StreamingResponse
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tests.conformance.functions import uploads
from tests.conformance.functions.routed import routed
from tests.conformance.functions.serving import both, pair


@both(affects="user")
def view_affecting(request: Request, user_id: int) -> Response:
    response = Response(f"<p>{user_id}</p>", status_code=201, media_type="text/html", headers={"X-Own": "kept"})
    response.headers["Cache-Control"] = "public, max-age=60"
    response.set_cookie("flavour", "sweet")
    return response


@both()
def view_plain(request: Request) -> Response:
    return Response("plain", media_type="text/plain")


@both(affects="label")
def view_naming(request: Request, name: str) -> Response:
    return Response("named", media_type="text/plain")


@both(affects="user")
def view_redirecting(request: Request, user_id: int) -> RedirectResponse:
    return RedirectResponse("/elsewhere", status_code=303)


@both(affects="user")
def view_streaming(request: Request, user_id: int) -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    return StreamingResponse(parts(), media_type="text/plain")


@both(affects="user", auth="staff")
def view_for_staff(request: Request, user_id: int) -> Response:
    return Response("staff", media_type="text/plain")


@both(affects="user")
def view_lying(request: Request, user_id: int) -> Response:
    return "no response at all"  # type: ignore[return-value]  # that is the case


@both(context="user")
def view_in_context(request: Request, user_id: int) -> Response:
    return Response("not data", media_type="text/plain")


@routed("/pages/<user_id>/")
def routed_page(request: Request, user_id: int) -> Response:
    return Response(f"<p>{user_id}</p>", media_type="text/html")


@routed("/pages/<int:user_id>/", methods=["POST"], affects="user")
def routed_save(request: Request, user_id: int) -> Response:
    return RedirectResponse(request.url.path, status_code=303)


@routed("/pages/lying/")
def routed_lying(request: Request) -> Response:
    return "no response at all"  # type: ignore[return-value]  # that is the case


async def routed_taking(request: Request) -> int:
    return len(await request.body())


pair(routed_taking, routed_taking, route="/routed/taking/", methods=["POST"], auth=True)

uploads.define(UploadFile, lambda file: file.file.read(), lambda file: file.filename)


@both()
def raise_http_exception(
    request: Request, status: int, detail: Any = None, headers: dict[str, str] | None = None
) -> None:
    raise HTTPException(status, detail, headers)


class Handled(Exception):
    """An exception that the application has a handler for."""


class HandledToo(Handled):
    """That of its parent is for it, too."""


class HandledByThread(Exception):
    """Its handler is a plain function."""


class OwnHTTPException(HTTPException):
    """FastAPI's own handler would be for it, if the application had none."""


class HandledBadly(Exception):
    """Its handler fails."""


_HANDLED: dict[str, Exception] = {
    "class": Handled("said"),
    "parent": HandledToo("said"),
    "thread": HandledByThread("said"),
    "http": OwnHTTPException(418, "said"),
    "status": HTTPException(451, "said"),
    "badly": HandledBadly("said"),
}


@both(affects="user")
def raise_handled(request: Request, user_id: int, kind: str) -> None:
    raise _HANDLED[kind]


@both()
def raise_framework_error(request: Request, kind: str) -> None:
    """*kind* is a status."""
    raise HTTPException(status_code=int(kind), detail="Said by the framework.")
