"""Models whose changes purge contexts, wherever they are made: the admin, a job, the shell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.db.models.constants import LOOKUP_SEP
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from mizan.purging import purge

Source: TypeAlias = "str | Callable[[Any], Any]"
"""Where a parameter's value is found: a field, a path of fields (``order__customer_id``), or what a callable gives for
an instance."""


def purges(model: type[Model], /, *, context: str, **params: Source) -> None:
    """Make bundles of *context* stale whenever an instance of *model* is saved or deleted, on commit.

    A row that has one value and is saved with another makes the bundles of both stale: where *params* name fields of
    the model's own, the row is read before it is saved, which takes a query. Changes without instances
    (``QuerySet.update``, ``bulk_create``, raw SQL) send no signals and purge nothing.

    :param params: the context's parameters, by name, and where an instance has their values; without, and where a value
        is None, all bundles of the context are stale.
    :raises FieldDoesNotExist: for a path that does not lead to a field, by foreign keys alone.
    """
    for source in params.values():
        if isinstance(source, str):
            _check_path(model, source)
    bound = _Bound(context, params)
    key = (model, context, tuple(sorted(params)))
    for signal, receiver in (
        (pre_save, bound.kept),
        (post_save, bound.changed),
        (pre_delete, bound.found),
        (post_delete, bound.changed),
    ):
        signal.connect(receiver, sender=model, weak=False, dispatch_uid=(*key, receiver.__name__))
    for field in model._meta.many_to_many:
        through = getattr(model, field.name).through
        m2m_changed.connect(bound.related, sender=through, weak=False, dispatch_uid=(*key, field.name))


class _Bound:
    """One context that a model's changes make stale."""

    def __init__(self, context: str, params: Mapping[str, Source]) -> None:
        self._context = context
        self._params = dict(params)
        self._before = f"_mizan_{context}_{'_'.join(sorted(params))}"
        """The member of an instance that has what its row had, while it is being written."""
        # A path that leaves the row, or a callable, would need more than the row.
        self._own = {
            name: source for name, source in params.items() if isinstance(source, str) and LOOKUP_SEP not in source
        }

    def kept(self, sender: type[Model], instance: Model, using: str, **_: Any) -> None:
        """Keep what the row has now: not what was loaded, which others may have changed, or a roll-back."""
        if self._own and instance.pk is not None:
            columns = {name: _field(sender, source, source).attname for name, source in self._own.items()}
            row = sender._base_manager.using(using).filter(pk=instance.pk).values(*columns.values()).first()
            instance.__dict__[self._before] = row and {name: row[column] for name, column in columns.items()}

    def found(self, sender: type[Model], instance: Model, using: str, origin: object = None, **_: Any) -> None:
        """Purge while what a path leads through is still there; ``changed`` purges again when the row has gone."""
        self._purge(self._values(instance))
        if origin is instance:  # others have just been read
            self.kept(sender, instance, using)

    def changed(self, instance: Model, **_: Any) -> None:
        """Purge what it is part of now, and what it was part of before."""
        values = self._values(instance)
        self._purge(values)
        before = instance.__dict__.pop(self._before, None)
        if before is not None and before != {name: values[name] for name in self._own}:
            # Where only a part of the old values is known, the rest may have been anything.
            self._purge(before if len(before) == len(self._params) else {})

    def related(self, instance: Model, action: str, reverse: bool, **_: Any) -> None:
        """A many-to-many field has changed: of the instance itself, or of some from the other side."""
        if action.startswith("post_"):
            self._purge({} if reverse else self._values(instance))

    def _values(self, instance: Model) -> dict[str, Any]:
        return {name: _value(instance, source) for name, source in self._params.items()}

    def _purge(self, values: Mapping[str, Any]) -> None:
        purge(self._context, **({} if None in values.values() else values))


def _value(instance: Model, source: Source) -> Any:
    if callable(source):
        return source(instance)
    *relations, last = source.split(LOOKUP_SEP)
    found: Any = instance
    for name in relations:
        found = getattr(found, name)
        if found is None:
            return None
    return getattr(found, found._meta.get_field(last).attname)


def _check_path(model: type[Model], path: str) -> None:
    """:raises FieldDoesNotExist: for a path that does not lead to a field, by foreign keys alone."""
    *relations, last = path.split(LOOKUP_SEP)
    for name in relations:
        related = _field(model, name, path).related_model
        if not (isinstance(related, type) and issubclass(related, Model)):
            raise FieldDoesNotExist(f"{path!r}: {model.__name__}.{name} is no foreign key")
        model = related
    _field(model, last, path)


def _field(model: type[Model], name: str, path: str) -> Field[Any, Any]:
    columns = {field.name: field for field in model._meta.concrete_fields}
    columns |= {field.attname: field for field in model._meta.concrete_fields}
    if name not in columns:
        known = ", ".join(sorted(columns))
        raise FieldDoesNotExist(f"{path!r}: {model.__name__} has no field {name!r}; it has: {known}")
    return columns[name]
