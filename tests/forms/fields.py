"""A form with a field of every kind, in a Django project of its own; prints what Django makes of every value.

The answer is JSON: the form as the interface document has it, and for each value the fields that were refused. A call
that is neither taken nor refused ends the program.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="of-this-test-alone",
    ROOT_URLCONF="tests.django_urls",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "mizan"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MIGRATION_MODULES=dict.fromkeys(("auth", "contenttypes", "sessions")),
    MIDDLEWARE=["django.middleware.locale.LocaleMiddleware"],
    USE_TZ=True,
    TIME_ZONE="Europe/Berlin",
)
django.setup()

from django import forms  # noqa: E402 - needs the settings
from django.contrib.auth.models import Group  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core import validators  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from mizan.forms import mizanFormMeta, mizanFormMixin  # noqa: E402
from mizan_core.introspection.description import describe  # noqa: E402
from mizan_core.introspection.document import document_of  # noqa: E402
from mizan_core.registry import default_registry  # noqa: E402
from tests.forms.values import MISSING, VALUES  # noqa: E402

SIZES = [("s", "Small"), ("More", [("l", "Large"), ("group-one", "One")])]


class Tags(forms.CharField):
    """Somebody's own reading of a text."""

    def to_python(self, value: Any) -> Any:
        return [] if value in (None, "", "none") else [part.upper() for part in value.split(",")]

    def validate(self, value: Any) -> None:
        """Nothing is required."""


class Odd(forms.Field):
    def to_python(self, value: Any) -> Any:
        return None if value is None else value.casefold()


class OddList(forms.Field):
    def to_python(self, value: Any) -> Any:
        return [part.casefold() for part in value or ()]


class Loose(forms.IntegerField):
    def to_python(self, value: Any) -> Any:
        return value if value in (None, "") else int(float(value.replace(",", "")))


class Late(forms.DateField):
    def to_python(self, value: Any) -> Any:
        return value and value.replace("today", "2024-01-01")


class Pair(forms.MultiValueField):
    def __init__(self, **options: Any) -> None:
        super().__init__(fields=[forms.CharField(max_length=3), forms.IntegerField(required=False)], **options)

    def compress(self, values: list[Any]) -> Any:
        return values


class Every(mizanFormMixin, forms.Form):
    mizan = mizanFormMeta("every", live_validation=True)

    char = forms.CharField()
    char_optional = forms.CharField(required=False, min_length=3)
    char_limited = forms.CharField(min_length=2, max_length=5)
    char_unstripped = forms.CharField(strip=False, max_length=5)
    char_none = forms.CharField(required=False, empty_value=None, max_length=5)
    char_lazy = forms.CharField(validators=[validators.MaxLengthValidator(lambda: 3)])
    textarea = forms.CharField(widget=forms.Textarea, max_length=10)
    integer = forms.IntegerField()
    integer_optional = forms.IntegerField(required=False, min_value=2, max_value=9)
    integer_stepped = forms.IntegerField(min_value=1, step_size=2)
    integer_stepped_from_zero = forms.IntegerField(step_size=5)
    integer_localized = forms.IntegerField(localize=True, max_value=100)
    floating = forms.FloatField(min_value=0.5, max_value=99.99)
    floating_optional = forms.FloatField(required=False, step_size=0.5)
    decimal = forms.DecimalField(max_digits=5, decimal_places=2)
    decimal_bounded = forms.DecimalField(min_value=1, max_value=100, required=False)
    decimal_localized = forms.DecimalField(localize=True, max_digits=5, decimal_places=2)
    date = forms.DateField()
    date_formats = forms.DateField(input_formats=["%d/%m/%Y"], required=False)
    time = forms.TimeField()
    moment = forms.DateTimeField()
    moment_optional = forms.DateTimeField(required=False)
    split = forms.SplitDateTimeField()
    duration = forms.DurationField()
    regex = forms.RegexField(r"^[a-z]{2,4}$")
    regex_unicode = forms.RegexField(r"^\w+$", required=False)
    regex_compiled = forms.RegexField(re.compile(r"[0-9-]+\Z"), strip=True)
    regex_insensitive = forms.RegexField(re.compile(r"^abc$", re.IGNORECASE))
    slug = forms.SlugField()
    slug_unicode = forms.SlugField(allow_unicode=True)
    email = forms.EmailField()
    email_optional = forms.EmailField(required=False)
    url = forms.URLField(assume_scheme="https", max_length=30)
    address = forms.GenericIPAddressField()
    combo = forms.ComboField(fields=[forms.CharField(max_length=5), forms.EmailField()])
    uuid = forms.UUIDField()
    boolean = forms.BooleanField()
    boolean_optional = forms.BooleanField(required=False)
    boolean_null = forms.NullBooleanField()
    choice = forms.ChoiceField(choices=SIZES)
    choice_optional = forms.ChoiceField(choices=[("", "---"), *SIZES], required=False)
    choice_called = forms.ChoiceField(choices=lambda: SIZES)
    choice_typed = forms.TypedChoiceField(choices=[(1, "One"), (2, "Two")], coerce=int)
    choice_many = forms.ChoiceField(choices=[(number, number) for number in range(300)])
    choice_radio = forms.ChoiceField(choices=SIZES, widget=forms.RadioSelect)
    multiple = forms.MultipleChoiceField(choices=SIZES)
    multiple_optional = forms.MultipleChoiceField(choices=SIZES, required=False, widget=forms.CheckboxSelectMultiple)
    multiple_typed = forms.TypedMultipleChoiceField(choices=[("1", "One"), ("2", "Two")], coerce=int)
    path = forms.FilePathField(path="tests/forms", match=r"\.py$")
    model: Any = forms.ModelChoiceField(Group.objects)
    model_text: Any = forms.ModelChoiceField(Session.objects, required=False)
    model_named: Any = forms.ModelChoiceField(Group.objects, to_field_name="name", required=False)
    models: Any = forms.ModelMultipleChoiceField(Group.objects)
    models_optional: Any = forms.ModelMultipleChoiceField(Group.objects, required=False)
    json = forms.JSONField()
    json_optional = forms.JSONField(required=False)
    pair = Pair()
    pair_optional = Pair(required=False)
    tags = Tags(max_length=2)
    odd = Odd()
    odd_list = OddList(widget=forms.SelectMultiple, required=False)
    loose = Loose(max_value=5)
    late = Late()
    anything = forms.Field()
    hidden = forms.CharField(widget=forms.HiddenInput, max_length=5)
    initial_shown = forms.IntegerField(show_hidden_initial=True, initial=3)
    disabled = forms.CharField(disabled=True, initial="kept")
    picked = forms.DateField(widget=forms.SelectDateWidget)


def main() -> None:
    call_command("migrate", run_syncdb=True, verbosity=0)
    Group.objects.bulk_create([Group(name=name) for name in ("s", "l")])
    client = Client()
    refused = [_refused(client, value) for value in VALUES]
    document = document_of(describe(default_registry.get_all_functions(), default_registry.parts))
    [form] = document["forms"]
    json.dump({"form": form, "refused": refused}, sys.stdout)


def _refused(client: Client, value: Any) -> list[str]:
    data = {} if value == MISSING else dict.fromkeys(Every.base_fields, value)
    body = json.dumps({"fn": "every.validate", "args": {"data": data}})
    answer = client.post("/api/mizan/call/", body, content_type="application/json")
    assert answer.status_code == 200, (value, answer.content)
    return sorted(answer.json()["result"]["errors"])


if __name__ == "__main__":
    main()
