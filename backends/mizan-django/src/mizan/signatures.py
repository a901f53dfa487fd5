"""What the classes of Django mean in the signatures of server functions."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from mizan.injection import injector
from mizan_core.client.frameworks import Framework, register_framework

register_framework(
    Framework(
        "Django",
        requests=(HttpRequest,),
        responses=(HttpResponseBase,),
        uploads=(UploadedFile,),
        injected=(HttpResponse,),
        injector=injector,
    )
)
