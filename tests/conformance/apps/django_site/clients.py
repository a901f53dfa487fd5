"""Functions that only a Django application can have, beside all the others; ``mizan_clients`` finds this module."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt
from pydantic import BaseModel

from mizan.client import client
from mizan_core.errors import Conflict
from tests.conformance import functions
from tests.conformance.apps.django_site import forms
from tests.conformance.apps.django_site.models import Note, Signature
from tests.conformance.functions import uploads
from tests.conformance.functions.routed import routed
from tests.conformance.functions.serving import both, only, pair

__all__ = ("forms", "functions")


class NoteOut(BaseModel):
    id: int
    text: str


@both(affects="user")
def view_affecting(request: HttpRequest, user_id: int) -> HttpResponse:
    response = HttpResponse(f"<p>{user_id}</p>", status=201, headers={"X-Own": "kept"})
    response.headers["Cache-Control"] = "public, max-age=60"
    response.set_cookie("flavour", "sweet")
    return response


@both()
def view_plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain", content_type="text/plain")


@both(affects="label")
def view_naming(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse("named", content_type="text/plain")


@both(affects="user")
def view_redirecting(request: HttpRequest, user_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect("/elsewhere", status=303)


@both(affects="user")
def view_streaming(request: HttpRequest, user_id: int) -> StreamingHttpResponse:
    parts = (b"one ", b"two")

    async def stream() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    content = stream() if isinstance(request, ASGIRequest) else iter(parts)
    return StreamingHttpResponse(content, content_type="text/plain")


@both(affects="user", auth="staff")
def view_for_staff(request: HttpRequest, user_id: int) -> HttpResponse:
    return HttpResponse("staff", content_type="text/plain")


@both(affects="user")
def view_lying(request: HttpRequest, user_id: int) -> HttpResponse:
    return "no response at all"  # type: ignore[return-value]  # that is the case


@both(context="user")
def view_in_context(request: HttpRequest, user_id: int) -> HttpResponse:
    return HttpResponse("not data", content_type="text/plain")


@routed("/pages/<user_id>/")
def routed_page(request: HttpRequest, user_id: int) -> HttpResponse:
    return HttpResponse(f"<p>{user_id}</p>")


@routed("/pages/<int:user_id>/", methods=["POST"], affects="user")
def routed_save(request: HttpRequest, user_id: int) -> HttpResponse:
    return HttpResponseRedirect(request.path, status=303)


@routed("/pages/lying/")
def routed_lying(request: HttpRequest) -> HttpResponse:
    return "no response at all"  # type: ignore[return-value]  # that is the case


@routed("/taking/", methods=["POST"], auth=True)
def routed_taking(request: HttpRequest) -> int:
    return len(request.body)


@client(route="/routed/hook/", methods=["POST"])
@csrf_exempt
def hook(request: HttpRequest) -> str:
    return request.body.decode()


_FRAMEWORK_ERRORS = {
    "Http404": Http404("Said by the framework."),
    "PermissionDenied": PermissionDenied("Said by the framework."),
    "ValidationError": ValidationError("Said by the framework."),
    "ValidationErrorOfFields": ValidationError({"name": ["Taken.", "Short."], "age": "Low."}),
}


@both()
def raise_framework_error(request: HttpRequest, kind: str) -> None:
    raise _FRAMEWORK_ERRORS[kind]


uploads.define(UploadedFile, lambda file: file.read(), lambda file: file.name)


# The database.


def stored_note(request: HttpRequest, note_id: int) -> NoteOut | None:
    return Note.objects.filter(pk=note_id).first()  # type: ignore[return-value]  # the row becomes a NoteOut


async def _stored_note(request: HttpRequest, note_id: int) -> NoteOut | None:
    return await Note.objects.filter(pk=note_id).afirst()  # type: ignore[return-value]


pair(stored_note, _stored_note)


@only
def add_note(request: HttpRequest, text: str) -> int:
    return int(Note.objects.create(text=text).pk)


@only
def add_note_and_fail(request: HttpRequest, text: str) -> int:
    Note.objects.create(text=text)
    raise Conflict("After writing.")


@only
def add_note_and_collapse(request: HttpRequest, text: str) -> int:
    Note.objects.create(text=text)
    raise RuntimeError("after writing")


def notes(request: HttpRequest) -> list[NoteOut]:
    return list(Note.objects.order_by("pk"))  # type: ignore[arg-type]


def note_count(request: HttpRequest) -> int:
    return Note.objects.count()


def note_texts(request: HttpRequest) -> list[str]:
    return list(Note.objects.order_by("pk").values_list("text", flat=True))


async def notes_from_loop(request: HttpRequest) -> int:
    return await Note.objects.acount()


for _function in (notes, note_count, note_texts):
    only(_function, context="notes")
    only(_function, f"{_function.__name__}_mixed", context="notes_mixed")
only(notes_from_loop, context="notes_mixed")


# The user.


def sign(request: HttpRequest) -> list[str]:
    Signature.objects.create(user=request.user)
    user: Any = request.user
    return [user.get_username(), str(user.has_perm("auth.add_user"))]


async def _sign(request: HttpRequest) -> list[str]:
    user: Any = await request.auser()
    await Signature.objects.acreate(user=request.user)
    return [user.get_username(), str(await user.ahas_perm("auth.add_user"))]


pair(sign, _sign)


def signer(request: HttpRequest) -> str:
    return request.user.get_username()


async def _signer(request: HttpRequest) -> str:
    return (await request.auser()).get_username()


pair(signer, _signer, context="signer")


@only
async def looks_too_early(request: HttpRequest) -> str:
    return request.user.get_username()


@client
def discovered(request: HttpRequest) -> str:
    """Registered by ``mizan_clients`` alone."""
    return "found"


# The user, whom the request has had since before anything was written.


def own_name(request: HttpRequest) -> str:
    return str(request.user.first_name)  # type: ignore[union-attr]


async def _own_name(request: HttpRequest) -> str:
    return str((await request.auser()).first_name)  # type: ignore[union-attr]


pair(own_name, _own_name, context="own_name", auth=True)


def _changing(**changes: Any) -> tuple[Callable[..., None], Callable[..., Any]]:
    def change(request: HttpRequest, name: str) -> None:
        User.objects.filter(username="plain").update(first_name=name, **changes)

    async def change_async(request: HttpRequest, name: str) -> None:
        await User.objects.filter(username="plain").aupdate(first_name=name, **changes)

    return change, change_async


for _name, _changes in (("rename_me", {}), ("promote_me", {"is_staff": True}), ("retire_me", {"is_active": False})):
    _plain, _coroutine = _changing(**_changes)
    _plain.__name__ = _name
    pair(_plain, _coroutine, affects="own_name", auth=True)
