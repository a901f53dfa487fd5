"""The compiled form of a registry: what requests look things up in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from threading import Thread
from typing import Any

from mizan_core.cache.bypass import Bypass, BypassReason
from mizan_core.cache.store import Purge, Store
from mizan_core.cache.versions import GRAPH_BYTES
from mizan_core.client import ClientFunction, ErrorCase, ServerFunction
from mizan_core.client.form_texts import takes_whole_form
from mizan_core.client.signature import Parameter
from mizan_core.engine import ENGINE
from mizan_core.engine.contract import CallPlan, CompiledGraph, Keyer
from mizan_core.errors import MWTError, NotFound, Unauthorized, ValidationFailed
from mizan_core.interface.builtins import token_functions
from mizan_core.interface.caching import BundleKey, BundlePolicy, Caching, Tagging, is_same
from mizan_core.interface.endpoint import SOCKET, Endpoint, NestedCall, Unidentified
from mizan_core.interface.marks import ViewerMarks, interface_mark
from mizan_core.interface.refusals import REST, Refusals
from mizan_core.interface.texts import TextReader, TextReaders, texts_of
from mizan_core.interface.tracing import tracers
from mizan_core.interface.wire import UNFAITHFUL
from mizan_core.introspection.description import describe
from mizan_core.introspection.specification import specification_of
from mizan_core.introspection.urls import urls_of
from mizan_core.live_settings import ALL_FUNCTIONS
from mizan_core.mwt import MWTUser
from mizan_core.names import is_context_name, is_function_name
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_core.viewer import Viewer

_REMEMBERED, _REMEMBERED_LENGTH, _REMEMBERED_VIEWERS = 1_024, 256, 16
"""Queries that are not read again, how long they may be, and for how many viewers of each the entry's key is not
derived again: clients ask for the same few things.
"""


class Bundle:
    """A context as clients fetch it: its public data functions, sorted by name.

    :ivar guarded: those that ask who it is.
    :ivar is_told_by_viewer: whether each viewer has entries of their own.
    """

    __slots__ = (
        "_is_verbatim",
        "_make_readers",
        "_only",
        "_readers",
        "endpoints",
        "guarded",
        "is_told_by_viewer",
        "name",
        "policy",
    )

    def __init__(
        self,
        name: str,
        endpoints: list[Endpoint],
        make_readers: Callable[[], Mapping[str, TextReader]],
        caching: Caching | None,
    ) -> None:
        self.name = name
        self.endpoints = endpoints
        self._only = endpoints[0] if len(endpoints) == 1 else None
        self.guarded = tuple(endpoint for endpoint in endpoints if endpoint.auth is not None)
        self.policy = BundlePolicy.of(caching, endpoints)
        self.is_told_by_viewer = isinstance(self.policy, BundlePolicy) and not self.policy.shared
        self._make_readers = make_readers
        self._is_verbatim: bool | None = None  # found out for the first fetch, as what it depends on is

    def __getattr__(self, name: str) -> Any:
        """The readers are made for the first fetch: most contexts wait long for theirs."""
        if name != "_readers":
            raise AttributeError(name)
        self._readers = self._make_readers()
        return self._readers

    @property
    def is_verbatim(self) -> bool:
        """Whether equal queries always select the same, whatever the functions have done with what was selected."""
        if self._is_verbatim is None:
            self._is_verbatim = all(endpoint.is_verbatim for endpoint in self.endpoints)
        return self._is_verbatim

    def select(self, values: Mapping[str, Any], number: int) -> Selection:
        """What is to be read; the parameters and the errors are those of ``validate``."""
        return Selection(self, self.validate(values, number))

    def select_shown(self, params: Mapping[str, Any]) -> Selection:
        """What is to be read, by the JSON values that a client has for the parameters; errors as ``read_texts``."""
        texts = texts_of(params)
        return self.select(self.read_texts(texts), sum(len(text) for each in texts.values() for text in each))

    @property
    def is_open(self) -> bool:
        """Whether everybody may see it, and everybody sees the same."""
        policy = self.policy
        return isinstance(policy, BundlePolicy) and policy.shared and not policy.vary and not self.guarded

    def read_texts(self, query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """The values to validate, by parameter, of the texts that a query string has for each.

        :raises ValidationFailed: for parameters that no function declares, or that cannot be read.
        """
        readers = self._readers
        values: dict[str, Any] = {}
        for name, texts in query.items():
            reader = readers.get(name)
            if reader is None:
                self.check_names(query)
            else:
                values[name] = reader.read(name, texts)
        return values

    def check_names(self, values: Mapping[str, Any]) -> None:
        """:raises ValidationFailed: for parameters that no function declares."""
        unknown = values.keys() - self._readers.keys()
        if not unknown:
            return
        refusals = Refusals()
        for name in sorted(unknown):
            refusals.add(name, "Extra inputs are not permitted")
        raise ValidationFailed(details=refusals.as_details())

    def validate(self, values: Mapping[str, Any], number: int) -> list[dict[str, Any]]:
        """The arguments of each function: of the values, those it declares.

        :param number: how many values there are inside *values*, at most.
        """
        if self._only is not None:
            return [self._only.validate(values, number)]
        arguments: list[dict[str, Any]] = []
        problems: dict[str, Any] = {}
        for endpoint in self.endpoints:
            own = {name: value for name, value in values.items() if name in endpoint.parameters}
            try:
                arguments.append(endpoint.validate(own, number))
            except ValidationFailed as error:
                problems.update(error.details)
                if REST in problems:
                    break
        if problems:
            raise ValidationFailed(details=problems)
        return arguments

    def scope(self, arguments: Sequence[Mapping[str, Any]]) -> str | None:
        """The context and the arguments of a fetch, in the form of ``X-Mizan-Invalidate``: by this spelling what is
        said of a context later concerns the bundle or not.

        What the functions understand differently is left out, as is what no JSON says. None where it would be too long.
        """
        params: dict[str, Any] = {}
        differing: set[str] = set()
        for endpoint, own in zip(self.endpoints, arguments, strict=True):
            for name, value in endpoint.wire_arguments(own).items():
                if value is UNFAITHFUL or (name in params and not is_same(params[name], value)):
                    differing.add(name)
                params[name] = value
        for name in differing:
            del params[name]
        if not params:
            return self.name
        header = ENGINE.format_invalidate_header([{"context": self.name, "params": params}])
        return None if header == self.name else header

    def identify(self, arguments: Sequence[Mapping[str, Any]]) -> dict[str, Any] | Bypass:
        """What tells the arguments of a fetch from those of any other, by parameter; a bypass where nothing does.

        A parameter that the functions understand differently stands by function: ``"<function>.<parameter>"``.
        """
        try:
            if self._only is not None:
                return self._only.identities(arguments[0])
            found = [endpoint.identities(own) for endpoint, own in zip(self.endpoints, arguments, strict=True)]
        except Unidentified as error:
            return Bypass(BypassReason.NO_IDENTITY, error.parameter)
        params: dict[str, Any] = {}
        differing: set[str] = set()
        for own in found:
            differing.update(name for name in own if name in params and not is_same(params[name], own[name]))
            params.update(own)
        for name in differing:
            del params[name]
            for endpoint, own in zip(self.endpoints, found, strict=True):
                if name in own:
                    params[f"{endpoint.name}.{name}"] = own[name]
        return params


class Selection:
    """What a fetch asks of a context, as its functions understand it.

    :ivar arguments: those of each function.
    :ivar scope: as of ``Bundle.scope``.
    """

    __slots__ = ("_bundle", "_keys", "_params", "arguments", "scope")

    def __init__(self, bundle: Bundle, arguments: list[dict[str, Any]]) -> None:
        self.arguments = arguments
        self.scope = bundle.scope(arguments)
        self._bundle = bundle
        self._params: dict[str, Any] | Bypass | None = None
        self._keys: dict[Viewer | None, BundleKey] = {}

    def bundle_key(
        self, policy: BundlePolicy, viewer: Viewer, header: Callable[[str], str | None]
    ) -> BundleKey | Bypass:
        """Where the bundle is cached, or why it is not.

        :param header: gives the value of a request header by its lower-case name.
        """
        known = None if policy.shared else viewer
        key = self._keys.get(known)
        if key is not None:
            return key
        if self._params is None:
            self._params = self._bundle.identify(self.arguments)
        if type(self._params) is Bypass:
            return self._params
        found = policy.caching.bundle_key(self._bundle.name, policy, self._params, viewer, header)
        if type(found) is BundleKey and not policy.vary:
            if len(self._keys) >= _REMEMBERED_VIEWERS:
                self._keys.clear()
            self._keys[known] = found
        return found


class Interface:
    """A registry and its settings, frozen.

    :param current_user: gives the framework's user of a request.
    :param store: the cache, or the versions of tags alone for those who watch; None when there is neither.
    :param others: gives the other interfaces of the process whose cache is another store.
    :raises GraphError: with everything that contradicts itself.
    """

    def __init__(
        self,
        registry: Registry,
        settings: Settings,
        current_user: Callable[[Any], Any],
        store: Store | None,
        others: Callable[[], Sequence[Interface]] = tuple,
    ) -> None:
        self.others = others
        self.version = registry.version
        self.settings = settings
        self.tracers = tracers()
        self.channels = registry.channels()
        self._verifier = settings.verifier()
        self._described, self._parts = registry.get_all_functions(), registry.parts
        """What tells the interface from others to clients; None where it cannot be described to them."""
        self._maker: Thread | None = None
        self._made: tuple[str | None] | None = None
        self._plans: dict[str, CallPlan] = {}
        """Of the functions whose calls all entail the same."""
        self.viewer_mark = ViewerMarks(settings.viewer_secret()).of
        functions = {**token_functions(settings, current_user), **self._described}
        specification = specification_of(describe(functions))
        self.graph = ENGINE.compile_graph(specification)
        graph = self.graph.describe()
        plans: Mapping[str, Any] = graph["functions"]
        hooks = registry.hooks
        is_listed = settings.live_settings.functions != ALL_FUNCTIONS
        self._endpoints: dict[str, Endpoint] = {}
        for name, function in functions.items():
            plan = plans[name]
            defaulted = _defaulted(plan, graph["contexts"], functions) if plan["merge"] else _NONE
            endpoint = self._endpoints[name] = Endpoint(name, function, _scope(plan), defaulted, hooks)
            if plan["merge"]:
                endpoint.rereads = _rereads(plan)
            if is_listed and not function.declaration.websocket:
                endpoint.barred |= {SOCKET}
        self.caching: Caching | None = None
        self.tagging: Tagging | None = None
        if store is not None:
            keyer, scopes = settings.keyer(), {name: context["scopes"] for name, context in graph["contexts"].items()}
            if keyer is None:
                keyer = settings.tag_keyer()
                self.tagging = Tagging(store, keyer, scopes)
            else:
                self.tagging = self.caching = Caching(store, keyer, scopes)
            store.use_graph(_fingerprint(self.graph, keyer))
            if store.is_shared:
                for name, tags in _purgeable(plans, keyer).items():
                    self._endpoints[name].announced = [(store, tags)]
        self._names: dict[ServerFunction, str] = {function: name for name, function in functions.items()}
        self.knows: Callable[[ServerFunction], bool] = self._names.__contains__
        """Whether a function is registered here."""
        self._readers = _routed_readers(functions, specification)
        self._bundles = _bundles(self._endpoints, specification, self.caching)
        self._select = lru_cache(_REMEMBERED)(_selected)
        self.edge_contexts = frozenset(
            name for name, bundle in self._bundles.items() if settings.edge_secret is not None and bundle.is_open
        )
        """The contexts that a cache in front of the server may keep."""

    @cached_property
    def mark(self) -> str | None:
        """The interface's: not made before somebody asks for it or says ``prepare``, as a server that starts is waited
        for.
        """
        maker = self._maker
        if maker is not None:
            maker.join()
        return interface_mark(self._described, self._parts) if self._made is None else self._made[0]

    def prepare(self) -> None:
        """Begin, in a thread of its own, what the first answer would have to wait for."""
        self._maker = Thread(target=self._make, name="mizan-interface", daemon=True)
        self._maker.start()

    def _make(self) -> None:
        self._made = (interface_mark(self._described, self._parts),)

    def token_user(self, token: str) -> MWTUser:
        """The user that a token stands for.

        :raises Unauthorized: for a token that is refused, or when none are accepted.
        """
        if self._verifier is None:
            raise Unauthorized("Tokens are not accepted here.")
        try:
            return MWTUser(self._verifier.decode(token))
        except MWTError as error:
            raise Unauthorized(f"The token is refused: {error}.") from None

    def endpoint(self, name: str) -> Endpoint:
        """:raises NotFound: for a function that is not registered."""
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            raise NotFound(f'No function is named "{name}".' if is_function_name(name) else "No such function.")
        return endpoint

    def text_readers(self, function: str) -> TextReaders:
        """What reads the parameters of a function that has a URL of its own."""
        return self._readers[function]

    def bundle(self, name: str) -> Bundle:
        """:raises NotFound: for a context that no public function is registered in."""
        bundle = self._bundles.get(name)
        if bundle is None:
            raise NotFound(f'No context is named "{name}".' if is_context_name(name) else "No such context.")
        return bundle

    def select(self, bundle: Bundle, query: str, read: Callable[[str], Mapping[str, Sequence[str]]]) -> Selection:
        """What a query asks of a bundle.

        :param read: gives the texts of each key; the same function each time.
        :raises ValidationFailed: when the functions do not take it; and what *read* raises.
        """
        is_remembered = len(query) <= _REMEMBERED_LENGTH and bundle.is_verbatim
        return (self._select if is_remembered else _selected)(bundle, query, read)

    def declares(self, case: type[ErrorCase], function: str | None, context: str | None) -> bool:
        """Whether clients of a function are told of errors of a class; where it is not known which of a context's has
        raised it, whether those of any of them are.
        """
        if function is not None:
            return case in self._endpoints[function].function.declaration.errors
        members = [] if context is None else self._bundles[context].endpoints
        return any(case in endpoint.function.declaration.errors for endpoint in members)

    def endpoint_of(self, function: ServerFunction) -> Endpoint | None:
        """The endpoint of a registered function; None for another."""
        name = self._names.get(function)
        return None if name is None else self._endpoints[name]

    def plan(self, endpoint: Endpoint, arguments: Mapping[str, Any]) -> CallPlan:
        """What a call entails; to be made before the function runs, which may change its arguments."""
        if endpoint.scope:
            return ENGINE.plan_call(self.graph, endpoint.name, *endpoint.scope_arguments(arguments))
        plan = self._plans.get(endpoint.name)
        if plan is None:
            plan = self._plans[endpoint.name] = ENGINE.plan_call(self.graph, endpoint.name, {}, {})
        return plan

    def nested_plans(self, calls: Iterable[NestedCall]) -> list[CallPlan]:
        """What calls of server code entail, of those functions that are registered here."""
        found = ((self.endpoint_of(call.function), call.arguments) for call in calls)
        return [self.plan(endpoint, arguments) for endpoint, arguments in found if endpoint is not None]

    def purge_of(self, plans: Sequence[CallPlan]) -> Purge | None:
        """The purge of what calls make stale; None where nothing is."""
        return None if self.tagging is None else self.tagging.purge_of(plans)

    def watch_tags(self, bundle: Bundle, arguments: Sequence[Mapping[str, Any]]) -> list[str]:
        """The tags of a bundle: when one of them changes it may be stale. None at all where no store keeps versions."""
        if self.tagging is None:
            return []
        params = bundle.identify(arguments)
        return self.tagging.tags(bundle.name, {} if type(params) is Bypass else params)

    def named_purge(self, context: str, params: Mapping[str, Any]) -> Purge | None:
        """What makes the cached bundles of a context stale, all of them or those of some parameters.

        For an adapter to perform; None without a cache, where nobody watches.

        :raises ValueError: for a context or a parameter that is not registered, or a value of another type.
        """
        members = [endpoint for endpoint in self._endpoints.values() if endpoint.context == context]
        if not members:
            raise ValueError(f"no context is named {context!r}; there are: {_listed(self.contexts())}")
        declaring = {name for endpoint in members for name in endpoint.parameters}
        unknown = sorted(params.keys() - declaring)
        if unknown:
            raise ValueError(f"context {context!r} has no parameter {unknown[0]!r}; it has: {_listed(declaring)}")
        given = {name: value for name, value in params.items() if value is not None}
        identities = {name: _shared_identity(members, name, value) for name, value in given.items()}
        if self.tagging is None:
            return None
        if None in identities.values():
            identities = {}
        return self.tagging.named_purge(context, identities)

    def whole_purge(self) -> Purge | None:
        """What makes everything stale that is cached; as ``named_purge``."""
        contexts = sorted(self.contexts())
        return self.tagging.whole_purge(contexts) if self.tagging is not None and contexts else None

    def called_purge(self, function: ServerFunction, arguments: Mapping[str, Any]) -> Purge | None:
        """As ``named_purge``, for what a call that server code made outside a request has changed."""
        return self.purge_of(self.nested_plans([NestedCall(function, arguments)]))

    def contexts(self) -> set[str]:
        """The names of the contexts that have functions."""
        return {endpoint.context for endpoint in self._endpoints.values() if endpoint.context is not None}


def _selected(bundle: Bundle, query: str, read: Callable[[str], Mapping[str, Sequence[str]]]) -> Selection:
    return bundle.select(bundle.read_texts(read(query)), len(query))


def _shared_identity(members: Iterable[Endpoint], name: str, value: Any) -> Any:
    """What a context's functions all take *value* for; None when one has no identity for it, or another.

    :raises ValueError: when it is no value of the parameter's type.
    """
    try:
        found = [endpoint.identity(name, value) for endpoint in members if name in endpoint.parameters]
    except Unidentified:
        return None
    return found[0] if all(is_same(found[0], other) for other in found) else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _purgeable(plans: Mapping[str, Any], keyer: Keyer) -> dict[str, list[str]]:
    """The tags of the contexts that a call of each function may purge, where there are any."""
    contexts = {name: [purge["context"] for purge in plan["purges"]] for name, plan in plans.items()}
    return {name: [tag for each in own for tag in keyer.purge_tags(each)] for name, own in contexts.items() if own}


def _fingerprint(graph: CompiledGraph, keyer: Keyer) -> bytes:
    """What decides the tags of entries and purges, in ``GRAPH_BYTES``."""
    return bytes.fromhex(keyer.derive("graph", {"graph": graph.fingerprint()})[-2 * GRAPH_BYTES :])


_NONE: frozenset[str] = frozenset()


def _rereads(plan: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (target["context"], target["slot"])
        for target in plan["merge"]
        if "refetch" in (target["mode"], target.get("place"))
    )


def _scope(plan: Mapping[str, Any]) -> frozenset[str]:
    if not (plan["affects"] or plan["merge"]):
        return _NONE
    return frozenset(name for target in (*plan["affects"], *plan["merge"]) for name in target["scope"])


def _defaulted(
    plan: Mapping[str, Any], contexts: Mapping[str, Any], functions: Mapping[str, ClientFunction[..., Any]]
) -> frozenset[str]:
    """The parameters that functions of the contexts which the plan merges into have defaults for, None aside."""
    members = {member for target in plan["merge"] for member in contexts[target["context"]]["functions"]}
    return frozenset(
        parameter.name
        for member in members
        for parameter in functions[member].parameters
        if not parameter.required and parameter.default is not None
    )


def _routed_readers(
    functions: Mapping[str, ClientFunction[..., Any]], specification: Mapping[str, Any]
) -> dict[str, TextReaders]:
    """:raises GraphError: when two functions are for the same requests."""
    urls_of(functions)
    return {
        function["name"]: _text_readers(function, functions[function["name"]].parameters, specification["types"])
        for function in specification["functions"]
        if functions[function["name"]].declaration.route is not None
    }


def _text_readers(
    function: Mapping[str, Any], parameters: Sequence[Parameter], types: Mapping[str, Any]
) -> TextReaders:
    named = {
        param["name"]: TextReader(param["shape"], types)
        for param, declared in zip(function["params"], parameters, strict=True)
        if declared.upload is None and not takes_whole_form(declared.annotation)
    }
    whole = next((each.name for each in parameters if takes_whole_form(each.annotation)), None)
    return TextReaders(named, whole)


def _bundles(
    endpoints: Mapping[str, Endpoint], specification: Mapping[str, Any], caching: Caching | None
) -> dict[str, Bundle]:
    public: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints.values():
        if endpoint.context is not None and not endpoint.private and not endpoint.is_view:
            public.setdefault(endpoint.context, []).append(endpoint)
    params = {function["name"]: function["params"] for function in specification["functions"]}
    types = specification["types"]

    def readers(members: Sequence[Endpoint]) -> dict[str, TextReader]:
        declared = [param for endpoint in members for param in params[endpoint.name]]
        return {param["name"]: TextReader(param["shape"], types) for param in declared}

    return {name: Bundle(name, members, partial(readers, members), caching) for name, members in public.items()}
