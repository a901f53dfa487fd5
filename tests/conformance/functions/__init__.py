"""The functions under test. Importing the package registers them, as an application's own modules would."""

from tests.conformance.functions import (
    arguments,
    contexts,
    declared,
    failures,
    identity,
    meetings,
    merges,
    nesting,
    resetting,
    results,
    routed,
    shown,
)

__all__ = (
    "arguments",
    "contexts",
    "declared",
    "failures",
    "identity",
    "meetings",
    "merges",
    "nesting",
    "resetting",
    "results",
    "routed",
    "shown",
)
