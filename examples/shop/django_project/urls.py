"""Mizan's URLs, and the two with which a session begins and ends."""

from __future__ import annotations

from django.urls import include, path

from examples.shop.django_project import views

urlpatterns = [
    path("api/mizan/", include("mizan.urls")),
    path("login/", views.log_in),
    path("logout/", views.log_out),
]
