"""``mount("api/mizan/")`` among a project's patterns, or ``path("api/mizan/", include("mizan.urls"))``."""

from __future__ import annotations

from django.urls import URLResolver, path

from mizan import events, views, visits
from mizan.routing import EndpointPattern, Mount

app_name = "mizan"
urlpatterns = [  # the busiest first: a pattern that does not match is noted
    EndpointPattern("call/", views.call, views.acall, "call"),
    EndpointPattern("ctx/<str:name>/", views.fetch, views.afetch, "context"),
    EndpointPattern("ctx/", views.fetch_several, views.afetch_several, "contexts"),
    EndpointPattern("call/<str:function>/", views.call, views.acall, "call-function"),
    EndpointPattern("session/", views.session, views.asession, "session"),
    path("ws/", visits.socket, name=visits.URL_NAME),
    path("live/", events.live, name="live"),
]


def mount(route: str) -> URLResolver:
    """As ``path(route, include("mizan.urls"))``; a path is resolved once, not for each request. Nothing is skipped.

    :param route: without a leading slash, as in ``path``.
    """
    return Mount(route, urlpatterns, app_name)
