"""Django's forms where only Django's own test tools can show it; ``test_django_in_process`` runs this."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest
from django import forms
from django.core.validators import FileExtensionValidator
from django.db import connections
from django.test import SimpleTestCase, TransactionTestCase
from django.utils.translation import gettext_lazy

from mizan.forms import mizanFormMeta, mizanFormMixin
from mizan_core.client import CachePolicy
from mizan_core.client.uploads import UploadLimits
from mizan_core.engine.pure.difference import ir_difference
from mizan_core.ir import build_ir
from mizan_core.registry import Registry, default_registry
from tests.conformance.apps.django_site.models import Note


class Transactions(TransactionTestCase):
    def _submit(self) -> Any:
        body = json.dumps({"fn": "bad.note.submit", "args": {"data": {"text": "one"}}})
        return self.client.post("/api/mizan/call/", body, content_type="application/json")

    def test_what_a_form_has_written_stays_where_nobody_asks_for_more(self) -> None:
        response = self._submit()
        assert (response.status_code, response.json()["invalidate"]) == (409, ["notes"])
        assert Note.objects.count() == 1

    def test_it_is_undone_where_the_project_asks_for_that(self) -> None:
        with mock.patch.dict(connections.settings["default"], ATOMIC_REQUESTS=True):
            response = self._submit()
        assert (response.status_code, "invalidate" in response.json()) == (409, False)
        assert Note.objects.count() == 0


class Definitions(SimpleTestCase):
    def setUp(self) -> None:
        self.registry = Registry()
        patch = mock.patch("mizan.forms.mixin.default_registry", self.registry)
        patch.start()
        self.addCleanup(patch.stop)

    def _policy(self, **members: Any) -> Any:
        type("Form", (mizanFormMixin, forms.Form), {"mizan": mizanFormMeta("form"), **members})
        function = self.registry.get_function("form.schema")
        assert function is not None
        self.registry.clear()
        return function.declaration.cache, function.declaration.rev

    def test_a_form_that_is_the_same_for_everybody_is_cached(self) -> None:
        policy, rev = self._policy(name=forms.CharField())
        assert policy == CachePolicy(shared=True)
        assert self._policy(name=forms.CharField(max_length=5))[1] != rev
        assert self._policy(name=forms.CharField())[1] == rev

    def test_others_are_not(self) -> None:
        for members in (
            {"name": forms.CharField(label=gettext_lazy("Name"))},
            {"name": forms.CharField(initial=lambda: "now")},
            {"name": forms.ChoiceField(choices=lambda: [("a", "A")])},
            {"name": forms.CharField(), "on_request": lambda self, request: None},
            {"name": forms.CharField(), "get_form_kwargs": classmethod(lambda cls, request: {})},
        ):
            assert self._policy(**members) == (False, 0), members

    def test_limits_of_files_are_known_to_clients(self) -> None:
        def document(largest: int) -> str:
            meta = mizanFormMeta("form", upload_limits=UploadLimits(max_bytes=largest))
            image = forms.ImageField(validators=[FileExtensionValidator(["png"])])
            members = {"mizan": meta, "image": image, "more": forms.FileField(required=False)}
            type("Form", (mizanFormMixin, forms.Form), members)
            text = build_ir(self.registry)
            self.registry.clear()
            return text

        text = document(5_000)
        # Two fields of the form, and the same two of the type that is sent.
        assert text.count("upload max-bytes=5000\n") == 4
        for size, expected in ((4_000, "breaking"), (6_000, "compatible")):
            changes = ir_difference(text, document(size))
            assert {subject for _, meaning, subject, _ in changes if meaning == expected} >= {"form form"}, changes

    def test_a_class_is_a_form_once(self) -> None:
        class Base(mizanFormMixin, forms.Form):
            mizan = mizanFormMeta("base")

        class More(Base):
            more = forms.CharField()

        assert sorted(self.registry.get_all_functions()) == ["base.schema", "base.submit", "base.validate"]
        assert "more" in More.base_fields

    def test_refused(self) -> None:
        async def later(self: Any, request: Any) -> None: ...

        def untyped(cls: Any, request: Any, note_id) -> dict[str, Any]:  # type: ignore[no-untyped-def]
            return {}

        for members, words in (
            ({"mizan": {"name": "form"}}, "mizan is a mizanFormMeta"),
            ({"on_submit_success": later}, "on_submit_success is a plain def"),
            ({"get_form_kwargs": classmethod(untyped)}, "parameter 'note_id' has no annotation"),
        ):
            with pytest.raises(TypeError, match=words):
                self._policy(**members)
        with pytest.raises(ValueError, match="is not a function name"):
            mizanFormMeta("5 forms")

    def test_names_are_taken_once(self) -> None:
        assert default_registry.get_function("contact.submit") is not None
        self._policy()
        type("Form", (mizanFormMixin, forms.Form), {"mizan": mizanFormMeta("form")})
        with pytest.raises(ValueError, match="is taken by"):
            type("Form", (mizanFormMixin, forms.Form), {"mizan": mizanFormMeta("form")})
