from __future__ import annotations

from django.urls import include, path

from mizan.urls import mount
from tests.conformance.apps.django_site import views

urlpatterns = [
    mount("api/mizan/"),
    path("", include("mizan.view_urls")),
    path("test/reverse/<str:name>/<int:number>/", views.reversed_url),
    path("test/login/<str:name>/", views.log_in),
    path("test/engine/", views.engine),
]
