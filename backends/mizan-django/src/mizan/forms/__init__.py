"""Django's forms as server functions: a form with ``mizanFormMixin`` and ``mizan = mizanFormMeta(...)``."""

from mizan.forms.mixin import mizanFormMixin
from mizan_core.forms.meta import FormMeta

mizanFormMeta = FormMeta  # noqa: N816 - as users have it

__all__ = ("mizanFormMeta", "mizanFormMixin")
