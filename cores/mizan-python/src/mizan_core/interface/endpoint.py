"""A registered function, prepared for requests: what depends on the code alone is done here, once."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from mizan_core.cache.store import Store
from mizan_core.client import ClientFunction, ServerFunction
from mizan_core.client.around import Around, surrounded
from mizan_core.client.calls import observe, unobserve
from mizan_core.client.frameworks import Inject, is_response_class
from mizan_core.client.options import Auth, Declaration
from mizan_core.errors import MizanError
from mizan_core.identity import NoIdentity, identity_of
from mizan_core.interface.arguments import ArgumentsValidator, JsonArguments
from mizan_core.interface.refusals import Refusals
from mizan_core.interface.uploads import UploadPlaces, upload_places
from mizan_core.interface.wire import UNFAITHFUL, is_verbatim, wire_value
from mizan_core.tuples import tuple_of

HTTP, SOCKET = "http", "socket"
"""What may carry a call."""


_CAUSES = re.compile(r"Unable to serialize unknown type: <class '[\w.<>]+'>|invalid utf-8 sequence")


class ResultMismatch(MizanError):
    """A function's result is not what its annotation says; the message holds no value of it."""


class Unidentified(MizanError):
    """An argument has no identity; ``parameter`` names it."""

    def __init__(self, parameter: str) -> None:
        self.parameter = parameter
        super().__init__(parameter)


class Invocation(NamedTuple):
    """``target(request, arguments)``, awaited when *is_async*."""

    target: Callable[[Any, Mapping[str, Any]], Any]
    arguments: Mapping[str, Any]
    is_async: bool


class NestedCall(NamedTuple):
    """A call that a running function made through ``fn.call`` or ``fn.call_sync``."""

    function: ServerFunction
    arguments: Mapping[str, Any]


Blame: TypeAlias = "dict[int, str]"
"""Who raised an exception, by the exception's ``id``: to hold it would be a cycle through its traceback."""


class NestedCalls:
    """The calls that the functions of one request make, for as long as they run.

    :param knows: whether the request's interface has a function.
    """

    __slots__ = ("_calls", "_is_over", "_knows")

    def __init__(self, knows: Callable[[ServerFunction], bool]) -> None:
        self._calls: list[NestedCall] = []
        self._is_over = False
        self._knows = knows

    def take(self, function: ServerFunction, arguments: Mapping[str, Any]) -> bool:
        """Add a call; gives whether the request will see to it.

        It does not when its functions have ended: a task or a thread that they began has outlived them.
        """
        if not self._knows(function):
            return False
        self._calls.append(NestedCall(function, arguments))
        # Asked after adding, as `end` looks at the calls after it has said so: one of the two sees the other.
        return not self._is_over

    def end(self) -> list[NestedCall]:
        """What has been called. From now on no call is taken."""
        self._is_over = True
        return self._calls


class Endpoint:
    """One function under its registered name.

    :param scope: the parameters that narrow what the function invalidates.
    :param defaulted: those of them that a function which takes its result has a default for, other than None. There
        None is not what a client leaves out, and so it does not tell which result is meant.
    :param hooks: what stands around the function.
    :ivar is_async: whether a run of the function has to be awaited.
    """

    __slots__ = (
        "_defaulted",
        "_defaults",
        "_hooks",
        "_identities",
        "_json",
        "_null_by_default",
        "_run",
        "_themselves",
        "_verbatim",
        "announced",
        "auth",
        "authorization",
        "barred",
        "context",
        "function",
        "is_async",
        "is_plain",
        "is_verbatim",
        "is_view",
        "name",
        "parameters",
        "private",
        "rereads",
        "resets",
        "scope",
        "uploads",
        "validate",
        "validate_json",
        "validate_sent",
    )

    def __init__(
        self,
        name: str,
        function: ClientFunction[..., Any],
        scope: frozenset[str],
        defaulted: frozenset[str] = frozenset(),
        hooks: Sequence[Around] = (),
    ) -> None:
        function.prepare()
        self.name = name
        self.function = function
        declaration = function.declaration
        self.context = declaration.context
        self.auth = declaration.auth
        self.authorization = None if declaration.auth is None else _authorization(declaration.auth)
        self.private = declaration.private
        self.is_view = function.is_view
        signature = function.signature
        parameters, injected = signature.parameters, signature.injected
        needs_answer = self.is_view or (bool(injected) and _answers(function))
        self.barred = _barred(declaration, needs_answer=needs_answer)
        """What may not carry a call of it."""
        self.scope = scope and frozenset(
            [parameter.name for parameter in parameters if parameter.name in scope and parameter.upload is None]
        )
        self.announced: Sequence[tuple[Store, list[str]]] = ()
        """Where the tags of the contexts that a call may purge have to be announced before it runs."""
        self._defaulted = defaulted
        self._hooks = hooks
        self.is_async = function.is_async or bool(injected) or (bool(hooks) and any(hook.is_async for hook in hooks))
        self.resets = declaration.resets
        self.is_plain = not (self.is_view or self.resets or (injected and self.context is None))
        """Whether a run gives the serialised result, and nothing else."""
        self.rereads: Collection[tuple[str, str]] = ()
        """The slots, by context, that its merges have a client read again."""

    def __getattr__(self, name: str) -> Any:
        """What calls need is made for the first one: most functions wait long for theirs."""
        if name not in _FOR_CALLS:
            raise AttributeError(name)
        self._prepare()
        return getattr(self, name)

    def _prepare(self) -> None:
        """Two threads that come at once make the same; nothing here finds fault with a function."""
        name, function, scope = self.name, self.function, self.scope
        self.parameters = frozenset([parameter.name for parameter in function.parameters])
        used = [
            parameter
            for parameter in function.parameters
            if (parameter.name in scope or self.context is not None) and parameter.upload is None
        ]
        self._null_by_default = frozenset(
            parameter.name for parameter in used if parameter.default is None and parameter.name not in self._defaulted
        )
        self._json = {parameter.name: TypeAdapter[Any](parameter.annotation) for parameter in used}
        self._identities = {parameter.name: identity_of(parameter.annotation, function.names) for parameter in used}
        self._themselves = {name: identity.themselves for name, identity in self._identities.items()}
        self._verbatim = {
            name: self._themselves[name] if is_verbatim(adapter.core_schema) else frozenset()
            for name, adapter in self._json.items()
        }
        self.is_verbatim = self.context is not None and all(
            is_verbatim(adapter.core_schema) for adapter in self._json.values()
        )
        """Whether equal texts always make equal arguments of a context's function, which nobody can change."""
        self._defaults = {
            parameter.name: None if parameter.default is None else self._wire(parameter.name, parameter.default)
            for parameter in used
            if self.context is not None and not parameter.required
        }
        validator = ArgumentsValidator(function.sent_arguments)
        self.validate: Callable[[Mapping[str, Any], int], dict[str, Any]] = validator.validate
        """Gives the arguments as the function takes them; only those that were passed."""
        self.validate_json: Callable[[JsonArguments], dict[str, Any]] = validator.validate_json
        self.uploads = upload_places(function.parameters)
        """Where files may stand among the arguments; None where there are none."""
        self.validate_sent = self.validate
        """As ``validate``, of what comes beside files."""
        if self.uploads is not None:
            self.validate, self.validate_json = _without_files(self.uploads, validator)
        finish = _view_check(name) if self.is_view else result_serializer(name, function.result)
        target = function.function
        if function.inject is not None or self._hooks:
            target, finish = self._around(finish), _same
        self._run = _runner(name, target, finish, is_async=self.is_async)

    def _around(self, finish: Callable[[Any], Any]) -> Callable[..., Any]:
        """The function and its serialisation, inside what the framework injects and the hooks."""
        function = self.function
        inject = function.inject
        is_async = function.is_async or inject is not None
        run = (
            _work(function, finish)
            if inject is None
            else _injected(function, finish, inject, dressed=self.context is None)
        )
        if self._hooks:
            run = surrounded(self.name, function, run, self._hooks, is_async=is_async)
        return lambda request, /, **arguments: run(request, arguments)

    def scope_arguments(self, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], Sequence[str]]:
        """What narrows the effects of a call; worked out before the function runs, which may change its arguments.

        Gives it as the JSON values that a client would send for it, for the answer; as what tells it apart (protocol.md
        section 3), for the cache; and the names of those arguments that have no identity.
        """
        values: dict[str, Any] = {}
        identities: dict[str, Any] = {}
        unidentified: list[str] = []
        for name in self.scope:
            if name not in arguments:
                if name in self._null_by_default:
                    values[name] = None
                continue
            value = arguments[name]
            if value is None and name in self._defaulted:
                continue
            cls = type(value)
            if cls in self._verbatim[name] and (cls is not str or value.isascii()):
                values[name] = identities[name] = value
                continue
            try:
                identities[name] = self._identities[name].of(value)
            except NoIdentity:
                unidentified.append(name)
                continue
            json = self._wire(name, value)
            if json is not UNFAITHFUL:
                values[name] = json
        return values, identities, unidentified

    def wire_arguments(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What clients would send for the arguments of a context's function, and for the defaults of those that were
        not passed: ``UNFAITHFUL`` where no JSON says it.
        """
        values = self._defaults.copy()
        for name, value in arguments.items():
            cls = type(value)
            is_itself = cls in self._verbatim[name] and (cls is not str or value.isascii())
            values[name] = value if is_itself else self._wire(name, value)
        return values

    def _wire(self, name: str, value: Any) -> Any:
        return wire_value(self._json[name], value)

    def identities(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The identities of a context function's arguments.

        :raises Unidentified: naming the first that has none.
        """
        found: dict[str, Any] = {}
        for name, value in arguments.items():
            cls = type(value)
            if cls in self._themselves[name] and (cls is not str or value.isascii()):
                found[name] = value
                continue
            try:
                found[name] = self._identities[name].of(value)
            except NoIdentity:
                raise Unidentified(name) from None
        return found

    def identity(self, name: str, value: Any) -> Any:
        """The identity of what server code gives for a parameter of a context function.

        :raises ValueError: when it is no value of the parameter's type.
        :raises Unidentified: when it has none.
        """
        return self.identities({name: self._json[name].validate_python(value)})[name]

    def invocation(self, arguments: Mapping[str, Any], calls: NestedCalls, failed: Blame) -> Invocation:
        """The run of the function.

        It gives the serialised result, on the view path the framework response. The calls that the function makes
        itself are added to *calls* as they happen, so that they are known when it fails.

        :param failed: gets the name with what the function raises, so that it is known which one of several it was.
        """
        return tuple_of(Invocation, (partial(self._run, calls, failed), arguments, self.is_async))


_FOR_CALLS = frozenset(
    (
        "_defaults",
        "_identities",
        "_json",
        "_null_by_default",
        "_run",
        "_themselves",
        "_verbatim",
        "is_verbatim",
        "parameters",
        "uploads",
        "validate",
        "validate_json",
        "validate_sent",
    )
)


_NOTHING: frozenset[str] = frozenset()
_NEEDS_ANSWER = frozenset((SOCKET,))


def _answers(function: ClientFunction[..., Any]) -> bool:
    """Whether what fills its parameters asks for the answer."""
    injection = function.injection
    return injection is not None and injection.answering is not None


def _barred(declaration: Declaration, *, needs_answer: bool) -> frozenset[str]:
    if declaration.private:
        return frozenset((HTTP, SOCKET))
    barred = _NEEDS_ANSWER if needs_answer else _NOTHING
    return barred if declaration.http else barred | {HTTP}


def _authorization(auth: Auth) -> Invocation | None:
    """The question to an ``auth`` callable; None where there is none."""
    if not callable(auth):
        return None
    return Invocation(lambda request, _: auth(request), {}, inspect.iscoroutinefunction(auth))


def result_serializer(name: str, adapter: TypeAdapter[Any]) -> Callable[[Any], bytes]:
    """A function that serialises results by their annotation.

    Every result is validated first (an instance of the annotated model is taken as it is; a dict or an object with
    attributes becomes one), so that nothing which the annotation does not declare can leave the server.
    """
    to_json = adapter.serializer.to_json
    validate = adapter.validator.validate_python

    def serialize(value: Any) -> bytes:
        try:
            return to_json(validate(value, from_attributes=True), by_alias=True, warnings="error")
        except ValidationError as error:
            refusals = Refusals()
            refusals.add_error(error)
            problems = "; ".join(f"{path}: {', '.join(texts)}" for path, texts in refusals.as_details().items())
            problems = problems.removeprefix(": ")
        except PydanticSerializationError as error:
            problems = "it cannot be written as JSON" + _known_cause(str(error))
        kind = type(value).__qualname__
        raise ResultMismatch(f"{name}: the result (of type {kind}) does not match its annotation: {problems}")

    return serialize


def _known_cause(text: str) -> str:
    """What pydantic says of a failed serialisation, where that quotes no value."""
    found = _CAUSES.search(text)
    return f": {found[0]}" if found else ""


def _view_check(name: str) -> Callable[[Any], Any]:
    def check(response: Any) -> Any:
        if not is_response_class(type(response)):
            raise ResultMismatch(f"{name}: the result is no framework response, as its annotation says")
        return response

    return check


def _work(function: ClientFunction[..., Any], finish: Callable[[Any], Any]) -> Callable[..., Any]:
    """The function with its serialisation."""
    plain = function.function

    def work(request: Any, arguments: Mapping[str, Any]) -> Any:
        return finish(plain(request, **arguments))

    async def work_async(request: Any, arguments: Mapping[str, Any]) -> Any:
        return finish(await plain(request, **arguments))

    return work_async if function.is_async else work


def _injected(
    function: ClientFunction[..., Any], finish: Callable[[Any], Any], inject: Inject, *, dressed: bool
) -> Callable[..., Any]:
    """The same, given what the framework injects; what it was given is put away again when this is done.

    :param dressed: whether to give what is to be added to the answer, too.
    """
    work = _work(function, finish)

    async def run(request: Any, arguments: Mapping[str, Any]) -> Any:
        result, dress = await inject(request, lambda injected: work(request, {**arguments, **injected}))
        return (result, dress) if dressed else result

    return run


def _without_files(
    uploads: UploadPlaces, validator: ArgumentsValidator
) -> tuple[Callable[[Mapping[str, Any], int], dict[str, Any]], Callable[[JsonArguments], dict[str, Any]]]:
    """What validates arguments that come without any files."""

    def validate(arguments: Mapping[str, Any], values: int) -> dict[str, Any]:
        validated = validator.validate(arguments, values)
        uploads.check_without()
        return validated

    def validate_json(arguments: JsonArguments) -> dict[str, Any]:
        validated = validator.validate_json(arguments)
        uploads.check_without()
        return validated

    return validate, validate_json


def _same(result: Any) -> Any:
    return result


def _runner(
    name: str, target: Callable[..., Any], finish: Callable[[Any], Any], *, is_async: bool
) -> Callable[[NestedCalls, Blame, Any, Mapping[str, Any]], Any]:
    """Serialisation belongs to the run: a lazy attribute is then read where the function itself may read it."""

    def run(calls: NestedCalls, failed: Blame, request: Any, arguments: Mapping[str, Any]) -> Any:
        observation = observe(calls.take)
        try:
            return finish(target(request, **arguments))
        except StopIteration as error:
            # It means "finished" to whatever waits for a thread; a coroutine turns it into this by itself.
            raise _told(failed, name, RuntimeError("the function raised StopIteration")) from error
        except Exception as error:
            _told(failed, name, error)
            raise
        finally:
            unobserve(observation)

    async def run_async(calls: NestedCalls, failed: Blame, request: Any, arguments: Mapping[str, Any]) -> Any:
        observation = observe(calls.take)
        try:
            return finish(await target(request, **arguments))
        except StopIteration as error:
            raise _told(failed, name, RuntimeError("the function raised StopIteration")) from error
        except Exception as error:
            _told(failed, name, error)
            raise
        finally:
            unobserve(observation)

    return run_async if is_async else run


def _told(failed: Blame, name: str, error: Exception) -> Exception:
    """*error*, noted."""
    failed[id(error)] = name
    return error
