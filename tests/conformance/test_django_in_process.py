"""Runs ``django_cases`` under each engine."""

from __future__ import annotations

from tests.django_runs import run_django_cases

CASES = (
    "tests.conformance.django_cases",
    "tests.conformance.django_fast_path_cases",
    "tests.conformance.django_form_cases",
    "tests.conformance.django_token_cases",
    "tests.conformance.django_shown_cases",
)


def test_django_cases(engine_name: str) -> None:
    run_django_cases(CASES, engine_name, "tests.conformance.apps.django_site.settings", 250)
