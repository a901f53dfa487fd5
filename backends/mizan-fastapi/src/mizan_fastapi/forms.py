"""Forms of pydantic models: ``@form("contact", title="Contact us")`` on a handler."""

from mizan_core.forms.models import form

__all__ = ("form",)
