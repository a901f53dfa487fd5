"""``path("api/mizan/", include("mizan.urls"))``."""

from __future__ import annotations

from django.urls import path

from mizan import events, views, visits
from mizan.routing import EndpointPattern

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
