"""``path("", include("mizan.view_urls"))``: the functions that have URLs of their own, ``mizan-view:NAME`` each.

The functions have to be registered when Django first looks for a URL; ``AppConfig.ready`` is the place.
"""

from __future__ import annotations

from django.urls import URLPattern

from mizan.view_functions import patterns
from mizan_core.registry import default_registry

app_name = "mizan-view"
urlpatterns: list[URLPattern]


def __getattr__(name: str) -> list[URLPattern]:
    """The patterns, whenever Django asks for them anew."""
    if name == "urlpatterns":
        return patterns(default_registry.get_all_functions())
    raise AttributeError(name)
