"""The value that ``@client`` leaves in a function's place."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from types import FrameType, FunctionType
from typing import Any, Generic, ParamSpec, TypeVar, cast, overload

from pydantic import TypeAdapter

from mizan_core.client.annotations import Namespace
from mizan_core.client.calls import call, call_sync
from mizan_core.client.context import GLOBAL
from mizan_core.client.frameworks import Inject, Injection, Known, injecting_framework, known
from mizan_core.client.options import Declaration
from mizan_core.client.routes import RouteParameter, parts_of
from mizan_core.client.signature import Parameter, Signature, WrittenSignature, read_signature
from mizan_core.client.targets import ServerFunction
from mizan_core.client.validators import RETURNS, annotation_adapter, arguments_adapter

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class ClientFunction(ServerFunction, Generic[P, R]):
    """A server function: the plain function, what its decorator says, and what its signature says.

    Calling it validates, calls the plain function, and purges what that has made stale. It cannot be changed. What is
    costly, or has to wait for names that the module defines further down, is made at first use: once, by whichever
    thread comes first.

    :raises TypeError, ValueError: when the signature cannot be served, naming the function and the offender.
    """

    __name__: str
    __qualname__: str
    function: Callable[P, R]
    """The plain function."""
    declaration: Declaration
    """What the decorator's keywords say."""

    _written: WrittenSignature
    _namespace: Namespace
    _lock: RLock
    _signature: Signature | None
    _arguments: TypeAdapter[dict[str, Any]] | None
    _result: TypeAdapter[Any] | None
    _injection: Injection | None
    _view: tuple[Known, bool] | None
    """Whether it takes the view path, as far as was known then."""
    _prepared: Known | None
    """What was known when nothing was found fault with."""

    def __init__(self, function: Callable[P, R], declaration: Declaration, frame: FrameType) -> None:
        functools.update_wrapper(self, function)
        where = place_of(function)
        with naming(where):
            written = read_signature(cast(FunctionType, function), declaration.returns)
            _check_context(declaration.context, written)
            _check_route(declaration.route, written)
        self._keep(
            function=function,
            name=function.__name__,
            where=where,
            is_async=inspect.iscoroutinefunction(function),
            is_mutation=bool(declaration.affects or declaration.merge),
            declaration=declaration,
            _written=written,
            _namespace=Namespace(cast(FunctionType, inspect.unwrap(function)), frame),
            _lock=RLock(),
            _signature=None,
            _arguments=None,
            _result=None,
            _injection=None,
            _view=None,
            _prepared=None,
        )
        self._resolve_early()

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function as what it is: a sync one as ``call_sync`` does, an async one as ``call`` does.

        ``function`` is the plain one, which neither validates nor tells anybody.
        """
        request, arguments = self._bound(args, kwargs)
        perform: Callable[..., Any] = call if self.is_async else call_sync
        outcome: R = perform(self, request, arguments)
        return outcome

    @overload
    async def call(self: ClientFunction[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T: ...

    @overload
    async def call(self, /, *args: P.args, **kwargs: P.kwargs) -> R: ...

    async def call(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call the function from async server code; its invalidation becomes part of the answer being made.

        Outside of requests, and after the one that has begun it, it purges before it returns. So it does however the
        function ends, once the arguments are valid.

        :raises pydantic.ValidationError: for arguments that the signature does not take.
        :raises TypeError: for positional arguments that it does not take.
        """
        return await call(self, *self._bound(args, kwargs))

    @overload
    def call_sync(self: ClientFunction[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T: ...

    @overload
    def call_sync(self, /, *args: P.args, **kwargs: P.kwargs) -> R: ...

    def call_sync(self, /, *args: Any, **kwargs: Any) -> Any:
        """As ``call``, from sync server code.

        :raises RuntimeError: for an async function where an event loop is running: ``await fn.call(...)`` there.
        """
        return call_sync(self, *self._bound(args, kwargs))

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The request, and the arguments by name."""
        if len(args) == 1 and self._written.request.name not in kwargs:
            return args[0], kwargs
        return self._written.bind(self.__qualname__, args, kwargs)

    def __repr__(self) -> str:
        return f"<ClientFunction {self.where}>"

    def __setattr__(self, name: str, value: object) -> None:
        if "function" in vars(self):
            raise AttributeError(f"{self!r} cannot be changed")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{self!r} cannot be changed")

    @property
    def signature(self) -> Signature:
        """The signature with its annotations resolved.

        :raises TypeError: when an annotation names something that is not defined.
        """
        return self._signature or self._resolve()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What clients pass: the parameters, the request aside."""
        return self.signature.parameters

    @property
    def injected(self) -> tuple[inspect.Parameter, ...]:
        """What the framework fills."""
        return self.signature.injected

    @property
    def inject(self) -> Inject | None:
        """What fills these parameters; None where there are none.

        :raises TypeError: when the framework cannot fill one of them.
        """
        injection = self.injection
        return None if injection is None else injection.inject

    @property
    def injection(self) -> Injection | None:
        """The same, and what it does beside; errors as ``inject``."""
        if self._injection is None and self.injected:
            with self._lock, naming(self.where):
                if self._injection is None:
                    self._keep(_injection=_injection(self))
        return self._injection

    @property
    def returns(self) -> Any:
        """The return annotation, or what ``returns=`` says instead, resolved."""
        return self.signature.returns

    @property
    def is_view(self) -> bool:
        """Whether the function answers with a framework response (the view path, protocol.md section 9)."""
        view, now = self._view, known()
        if view is None or view[0] is not now:
            view = (now, self.signature.is_view)
            self._keep(_view=view)
        return view[1]

    @property
    def names(self) -> dict[str, Any]:
        """The types in the scopes around the function, which the models that it names may name in turn."""
        return self._namespace.names

    @property
    def arguments(self) -> TypeAdapter[dict[str, Any]]:
        if self._arguments is None:
            parameters = self.parameters
            with self._lock, naming(self.where):
                if self._arguments is None:
                    self._keep(_arguments=arguments_adapter(self.name, parameters, self.names))
        return cast("TypeAdapter[dict[str, Any]]", self._arguments)

    @property
    def sent_arguments(self) -> TypeAdapter[dict[str, Any]]:
        """As ``arguments``, of those that clients send as JSON: all but files."""
        parameters = [parameter for parameter in self.parameters if parameter.upload is None]
        if len(parameters) == len(self.parameters):
            return self.arguments
        with naming(self.where):
            return arguments_adapter(self.name, parameters, self.names)

    @property
    def result(self) -> TypeAdapter[Any]:
        """Serialises what the function returns.

        :raises TypeError: when pydantic cannot serialise it, or when it is a framework response.
        """
        if self._result is None:
            signature = self.signature
            with self._lock, naming(self.where):
                if self._result is None:
                    self._keep(_result=_result_adapter(signature, self.names))
        return cast("TypeAdapter[Any]", self._result)

    def prepare(self) -> None:
        """Make now what is otherwise made at first use.

        :raises TypeError: when an annotation does not resolve, or pydantic cannot handle it.
        """
        now = known()
        if self._prepared is now:
            return
        signature = self.signature
        with naming(self.where):
            signature.check(self.names)  # once more: an adapter may have been imported since
            self._complete_errors()
            _check_uploads(self.declaration.context, signature)
        self.arguments  # noqa: B018 - for its effect
        self.inject  # noqa: B018 - for its effect
        if not self.is_view:
            self.result  # noqa: B018 - for its effect
        self._keep(_prepared=now)

    def _complete_errors(self) -> None:
        for case in self.declaration.errors:
            try:
                case.complete(self.names)
            except NameError as error:
                raise TypeError(f"the error {case.__qualname__} names {error.name!r}, which is not defined") from error

    def _resolve_early(self) -> None:
        try:
            self._resolve_signature()
        except NameError:
            # The name may be defined further down: looked for again when the function is registered or used.
            return

    def _resolve(self) -> Signature:
        try:
            return self._resolve_signature()
        except NameError as error:
            self._namespace.settle()
            raise TypeError(f"{self.where}: an annotation names {error.name!r}, which is not defined") from error

    def _resolve_signature(self) -> Signature:
        with self._lock, naming(self.where):
            if self._signature is None:
                signature = self._written.resolve(self._namespace)
                self._keep(_signature=signature)
                self._namespace.settle()
        return cast(Signature, self._signature)

    def _keep(self, **state: object) -> None:
        vars(self).update(state)


def place_of(function: Callable[..., Any]) -> str:
    """Which function this is and where it stands, for messages: ``qualified.name (module:line)``."""
    plain = inspect.unwrap(function)
    line = plain.__code__.co_firstlineno if inspect.isfunction(plain) else 0
    return f"{plain.__qualname__} ({plain.__module__}:{line})"


@contextmanager
def naming(where: str) -> Iterator[None]:
    """Put *where* in front of the messages of refusals. They stay the exceptions that they are, with one traceback."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if type(error) in (TypeError, ValueError):
            error.args = (f"{where}: {error}",)
        raise


def _result_adapter(signature: Signature, names: Mapping[str, Any]) -> TypeAdapter[Any]:
    if signature.is_view:
        raise TypeError("it answers with a framework response, which is not serialised")
    return annotation_adapter(RETURNS, signature.returns, names)


def _check_uploads(context: str | None, signature: Signature) -> None:
    for parameter in signature.parameters:
        if context is not None and parameter.upload is not None:
            raise TypeError(
                f"parameter {parameter.name!r}: a function of a context is fetched by its URL, which holds no file; "
                f"take it in a mutation"
            )


def _check_route(route: str | None, written: WrittenSignature) -> None:
    names = {parameter.name for parameter in written.parameters}
    for part in () if route is None else parts_of(route):
        if isinstance(part, RouteParameter) and part.parameter not in names:
            raise ValueError(f"route={route!r}: the function has no parameter {part.parameter!r}")


def _injection(function: ClientFunction[Any, Any]) -> Injection:
    injected = function.injected
    frameworks = [injecting_framework(parameter.annotation, parameter.default) for parameter in injected]
    injector = next((framework.injector for framework in frameworks if framework is not None), None)
    if injector is None:
        raise TypeError(f"nothing fills the parameter {injected[0].name!r} here")
    injection = injector(function, injected)
    adding = injection.answering or injection.afterwards
    if adding is not None and function.declaration.context is not None:
        raise TypeError(
            f"{adding}: what is read in a context may come from the cache, so that nothing is added to its answer; "
            f"leave it out"
        )
    if injection.answering is not None and function.declaration.websocket:
        raise TypeError(
            f"{injection.answering}: an answer over a socket has no headers and no cookies; leave out websocket=True, "
            f"or what sets them"
        )
    return injection


def _check_context(context: str | None, written: WrittenSignature) -> None:
    if context == GLOBAL and written.parameters:
        raise TypeError(
            f"parameter {written.parameters[0].name!r}: the context {GLOBAL!r} exists once, its functions take the "
            f"request alone; choose another context"
        )
