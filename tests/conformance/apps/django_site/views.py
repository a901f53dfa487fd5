from __future__ import annotations

from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from mizan_core.engine import current


def log_in(request: HttpRequest, name: str) -> JsonResponse:
    user = get_user_model().objects.get(username=name)
    login(request, user)
    return JsonResponse({"id": str(user.pk)})


def engine(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"engine": current().name})


def reversed_url(request: HttpRequest, name: str, number: int) -> HttpResponse:
    return HttpResponse(reverse(f"mizan-view:{name}", kwargs={"user_id": number}))
