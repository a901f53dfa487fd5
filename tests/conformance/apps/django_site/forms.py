"""Django's forms; those that FastAPI has, too, under the same names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import transaction
from pydantic import BaseModel

from mizan.forms import mizanFormMeta, mizanFormMixin
from mizan_core.client.uploads import UploadLimits
from mizan_core.errors import Conflict
from tests.conformance.apps.django_site.models import Note


class Sent(BaseModel):
    sent: bool
    name: str


class ContactForm(mizanFormMixin, forms.Form):
    mizan = mizanFormMeta(
        "contact",
        title="Contact us",
        submit_label="Send",
        live_validation=True,
        affects="user",
        route="/forms/contact/",
    )

    name = forms.CharField(label="Your name", max_length=10)
    email = forms.CharField(label="Email", validators=[forms.EmailField.default_validators[0]])
    size = forms.ChoiceField(choices=[("s", "S"), ("l", "L")], required=False)
    count = forms.IntegerField(min_value=1, max_value=9, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name") == "nobody":
            raise ValidationError("Somebody has to write.")
        return cleaned

    def on_submit_success(self, request: Any) -> Sent:
        if self.cleaned_data["name"] == "late":
            raise Conflict("Too late.")
        return Sent(sent=True, name=self.cleaned_data["name"])


class QuietForm(mizanFormMixin, forms.Form):
    mizan = mizanFormMeta("quiet", auth="staff", route="/forms/quiet/", success_url="/thanks/")

    name = forms.CharField(initial="Bo")

    def on_submit_success(self, request: Any) -> str:
        return str(self.cleaned_data["name"])


# Django's alone.


class NoteForm(mizanFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Saves itself."""

    mizan = mizanFormMeta("note", affects="notes")

    class Meta:
        model = Note
        fields = ("text",)


class EditForm(mizanFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Of an object that clients name."""

    mizan = mizanFormMeta("edit", affects="notes")

    class Meta:
        model = Note
        fields = ("text",)

    @classmethod
    def get_form_kwargs(cls, request: Any, note_id: int) -> dict[str, Any]:  # type: ignore[override]
        return {"instance": Note.objects.get(pk=note_id)}

    def on_submit_success(self, request: Any) -> str:
        return str(self.save().text)


class BadNoteForm(mizanFormMixin, forms.Form):
    mizan = mizanFormMeta("bad.note", affects="notes")

    text = forms.CharField()

    def on_submit_success(self, request: Any) -> None:
        with transaction.atomic():
            Note.objects.create(text=self.cleaned_data["text"])
        raise Conflict("After writing.")


class PersonalForm(mizanFormMixin, forms.Form):
    """Its choices and first values are those of a request."""

    mizan = mizanFormMeta("personal")

    color = forms.ChoiceField(choices=[])
    shade = forms.CharField(disabled=True, initial="dark")

    @classmethod
    def get_form_kwargs(cls, request: Any) -> dict[str, Any]:
        return {"initial": {"color": request.headers["X-Color"]}}

    def on_request(self, request: Any) -> None:
        field = self.fields["color"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(request.headers["X-Color"], "Mine")]

    def on_submit_success(self, request: Any) -> dict[str, str]:
        return dict(self.cleaned_data)


class PictureForm(mizanFormMixin, forms.Form):
    mizan = mizanFormMeta(
        "picture", affects="user", route="/forms/picture/", upload_limits=UploadLimits(max_bytes=20_000)
    )

    title = forms.CharField()
    image = forms.FileField(validators=[FileExtensionValidator(["png"])])
    paper = forms.FileField(required=False)

    def on_submit_success(self, request: Any) -> list[Any]:
        image, paper = self.cleaned_data["image"], self.cleaned_data["paper"]
        return [self.cleaned_data["title"], image.name, image.size, paper and paper.name]


class _Line(forms.Form):
    sku = forms.SlugField()
    count = forms.IntegerField(min_value=1)


class _Lines(mizanFormMixin, forms.BaseFormSet):  # type: ignore[type-arg]
    mizan = mizanFormMeta("lines")

    def clean(self) -> None:
        skus = [form.cleaned_data.get("sku") for form in self.forms if form.is_valid()]
        if len(skus) != len(set(skus)):
            raise ValidationError("Each once.")

    def on_submit_success(self, request: Any) -> list[Any]:
        return [form.cleaned_data for form in self.forms]


Lines = forms.formset_factory(
    _Line, formset=_Lines, extra=2, min_num=1, max_num=3, validate_min=True, validate_max=True
)


class _Paper(forms.Form):
    title = forms.CharField()
    scan = forms.FileField(validators=[FileExtensionValidator(["png"])])


class _Papers(mizanFormMixin, forms.BaseFormSet):  # type: ignore[type-arg]
    mizan = mizanFormMeta("papers", upload_limits=UploadLimits(max_bytes=1_000, max_files=2))

    def on_submit_success(self, request: Any) -> list[Any]:
        return [[form.cleaned_data["title"], form.cleaned_data["scan"].size] for form in self.forms]


Papers = forms.formset_factory(_Paper, formset=_Papers)


class _Notes(mizanFormMixin, forms.BaseModelFormSet):  # type: ignore[type-arg]
    mizan = mizanFormMeta("note_list", affects="notes")


Notes = forms.modelformset_factory(Note, formset=_Notes, fields=("text",), extra=0)
