"""Mizan's URLs, the two with which a session begins and ends, and the page."""

from __future__ import annotations

from django.urls import include, path, re_path
from django.views.static import serve

from examples.shop.django_project import views
from examples.shop.page import OTHER_PAGES, PAGE

urlpatterns = [
    path("api/mizan/", include("mizan.urls")),
    path("", include("mizan.view_urls")),
    path("login/", views.log_in),
    path("logout/", views.log_out),
    path("", serve, {"path": "index.html", "document_root": PAGE}),
    *(path(f"{name}/", serve, {"path": f"{name}/index.html", "document_root": PAGE}) for name in OTHER_PAGES),
    re_path(f"^(?P<path>(?:(?:{'|'.join(OTHER_PAGES)})/)?assets/.*)$", serve, {"document_root": PAGE}),
]
