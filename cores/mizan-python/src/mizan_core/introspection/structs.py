"""The fields of models, dataclasses and typed dictionaries, as pydantic reads and writes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple, get_args, get_origin

from pydantic import AliasChoices, AliasGenerator, AliasPath, BaseModel, BeforeValidator, Discriminator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typing_extensions import NotRequired, ReadOnly, Required

from mizan_core.client.annotations import class_hints, complete_models, resolve_beside

_QUALIFIERS = (Final, Required, NotRequired, ReadOnly)


class Serialized(NamedTuple):
    """What a serialiser makes of a value."""

    annotation: Any
    keeps_none: bool
    """Whether None stays None (``when_used="unless-none"``)."""


class Field(NamedTuple):
    """A field and its names on the wire; a name of None means that it is not part of that side."""

    input_name: str | None
    output_name: str | None
    annotation: Any
    metadata: tuple[Any, ...]
    input_required: bool
    output_required: bool
    default: Any
    """``PydanticUndefined`` when there is none, or a factory makes it."""
    serialized: Serialized | None
    description: str | None
    discriminator: str | None
    """The field of its members, in Python, that tells them apart, where it is a union."""

    @property
    def is_same_on_both_sides(self) -> bool:
        """Whether it has one name on the wire, and is always or never there; its type may yet differ."""
        return self.input_name == self.output_name and self.input_required == self.output_required


def pydantic_fields(cls: Any, names: Mapping[str, Any]) -> Iterator[Field]:
    """The fields of a model or pydantic dataclass; computed fields come last.

    :raises NameError: when an annotation names something that is not defined.
    """
    complete_models(cls, names)
    decorators, config = cls.__pydantic_decorators__, config_of(cls)
    serializers = _field_serializers(decorators, names)
    rewritten = _rewritten_fields(decorators)
    for name, info in cls.__pydantic_fields__.items():
        field = _field(name, info, config, serializers.get(name, serializers.get("*")) if serializers else None)
        if rewritten and (name in rewritten or "*" in rewritten):
            field = field._replace(metadata=(*field.metadata, REWRITTEN))
        yield field
    for name, decorator in decorators.computed_fields.items():
        yield _computed_field(name, decorator.info, serializers.get(name))


REWRITTEN = BeforeValidator(lambda value: value)
"""What stands beside a type whose values a validator of the class may change before they are measured."""


def _rewritten_fields(decorators: Any) -> set[str]:
    if not (decorators.field_validators or decorators.validators):
        return set()
    validators = [*decorators.field_validators.values(), *decorators.validators.values()]
    return {field for decorator in validators if decorator.info.mode != "after" for field in decorator.info.fields}


def dataclass_fields(cls: Any, names: Mapping[str, Any]) -> Iterator[Field]:
    """The fields of a dataclass of the standard library; errors as ``pydantic_fields``."""
    own = {field.name: field for field in dataclasses.fields(cls)}
    for name, hint in class_hints(cls, names).items():
        if isinstance(hint, dataclasses.InitVar):
            info = _info(name, hint.type, getattr(cls, name, PydanticUndefined), cls)
            info.init_var = True
        elif name in own:
            info = _info(name, hint, _dataclass_default(own[name]), cls)
            info.init = own[name].init
        else:
            continue
        yield _field(name, info, config_of(cls), None)


def typed_dict_fields(cls: Any, names: Mapping[str, Any]) -> Iterator[Field]:
    """The keys of a typed dictionary; errors as ``pydantic_fields``."""
    for name, hint in class_hints(cls, names).items():
        qualifiers, annotation = _unqualified(hint)
        # Under `from __future__ import annotations` __required_keys__ has not seen the qualifiers.
        required = (name in cls.__required_keys__ or Required in qualifiers) and NotRequired not in qualifiers
        field = _field(name, _info(name, annotation, PydanticUndefined, cls), config_of(cls), None)
        yield field._replace(input_required=required, output_required=required)


def model_serializer(cls: Any, names: Mapping[str, Any]) -> Serialized | None:
    """What a model is written as, when that is not its fields."""
    for decorator in cls.__pydantic_decorators__.model_serializers.values():
        return serialized_as(decorator.func, decorator.info.return_type, decorator.info.when_used, names)
    return None


def serialized_as(function: Any, declared: Any, when_used: str, names: Mapping[str, Any]) -> Serialized | None:
    """What a serialiser makes: as declared, else as annotated; None when it does not say."""
    annotation = declared
    if declared is PydanticUndefined:
        annotation = function if isinstance(function, type) else _written_return(function, names)
    return None if annotation is PydanticUndefined else Serialized(annotation, when_used.endswith("unless-none"))


def _written_return(function: Any, names: Mapping[str, Any]) -> Any:
    written = getattr(function, "__annotations__", {}).get("return", PydanticUndefined)
    if written is PydanticUndefined:
        return written
    try:
        return resolve_beside(function, written, names)
    except NameError:
        return PydanticUndefined


def config_of(cls: Any) -> Mapping[str, Any]:
    """Pydantic's configuration of a class; empty without one."""
    is_model = isinstance(cls, type) and issubclass(cls, BaseModel)
    config: Mapping[str, Any] = cls.model_config if is_model else getattr(cls, "__pydantic_config__", {})
    return config


def is_temporal_number(cls: type, config: Mapping[str, Any]) -> bool:
    """Whether a date, time or duration is written as a number of seconds or milliseconds."""
    if config.get("ser_json_temporal", "iso8601") != "iso8601":
        return True
    return cls is timedelta and config.get("ser_json_timedelta") == "float"


def _field(name: str, info: FieldInfo, config: Mapping[str, Any], serialized: Serialized | None) -> Field:
    is_sent = not info.exclude and not info.init_var
    input_name = name if info.validation_alias is None else _input_name(name, info.validation_alias, config)
    return Field(
        input_name=None if info.init is False else input_name,
        output_name=(info.serialization_alias or name) if is_sent else None,
        annotation=info.annotation,
        metadata=tuple(info.metadata),
        input_required=info.is_required(),
        # What is left out of arguments has its default in an answer.
        output_required=getattr(info, "exclude_if", None) is None,
        default=info.default,
        serialized=serialized,
        description=info.description,
        discriminator=None if info.discriminator is None else discriminator_of(info),
    )


def discriminator_of(item: object) -> str | None:
    """The name of the field that ``Field(discriminator=...)`` or ``Discriminator(...)`` says."""
    name = getattr(item, "discriminator", None)
    while isinstance(name, Discriminator):
        name = name.discriminator
    return name if isinstance(name, str) else None


def _computed_field(name: str, info: Any, serialized: Serialized | None) -> Field:
    return Field(
        input_name=None,
        output_name=info.alias or name,
        annotation=Any if info.return_type is PydanticUndefined else info.return_type,
        metadata=(),
        input_required=False,
        output_required=getattr(info, "exclude_if", None) is None,
        default=PydanticUndefined,
        serialized=serialized,
        description=info.description,
        discriminator=None,
    )


def _input_name(name: str, alias: str | AliasPath | AliasChoices, config: Mapping[str, Any]) -> str:
    if config.get("validate_by_alias") is False:
        return name
    if isinstance(alias, str):
        return alias
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    return next(_plain_aliases(choices), name)


def _plain_aliases(choices: Iterable[str | AliasPath]) -> Iterator[str]:
    for choice in choices:
        if isinstance(choice, str):
            yield choice
        elif len(choice.path) == 1:
            yield str(choice.path[0])


def _field_serializers(decorators: Any, names: Mapping[str, Any]) -> dict[str, Serialized | None]:
    return {
        field: serialized_as(decorator.func, decorator.info.return_type, decorator.info.when_used, names)
        for decorator in decorators.field_serializers.values()
        for field in decorator.info.fields
    }


def _info(name: str, annotation: Any, default: Any, cls: Any) -> FieldInfo:
    """What pydantic makes of a field of a class that is not its own."""
    info = FieldInfo.from_annotated_attribute(_unqualified(annotation)[1], default)
    generator = config_of(cls).get("alias_generator")
    if generator is not None:
        _generate_aliases(generator, name, info)
    return info


def _generate_aliases(generator: Any, name: str, info: FieldInfo) -> None:
    if not isinstance(generator, AliasGenerator):
        generator = AliasGenerator(alias=generator)
    alias, validation_alias, serialization_alias = generator.generate_aliases(name)
    if info.validation_alias is None:
        info.validation_alias = validation_alias or alias
    if info.serialization_alias is None:
        info.serialization_alias = serialization_alias or alias


def _dataclass_default(field: Any) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return FieldInfo(default_factory=field.default_factory)
    return PydanticUndefined


def _unqualified(hint: Any) -> tuple[list[Any], Any]:
    """The qualifiers around an annotation, and the annotation."""
    qualifiers = []
    while get_origin(hint) in _QUALIFIERS:
        qualifiers.append(get_origin(hint))
        hint = get_args(hint)[0]
    return qualifiers, hint
