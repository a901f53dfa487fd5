"""Answering a call and a fetch: the order of the steps (protocol.md section 9), without I/O.

A call: find, admit, validate, plan, run, purge, answer. A fetch: find, admit, validate, look it up or run, answer.
``answer_call`` and ``answer_fetch`` wait for nothing but their port, and raise nothing but what ends a task: whatever
goes wrong becomes a refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from mizan_core.cache.bypass import Bypass, BypassReason
from mizan_core.cache.counters import COUNTERS
from mizan_core.cache.readings import Readings
from mizan_core.cache.store import Purge
from mizan_core.call.asked import Call, Fetch, LateCall
from mizan_core.call.building import Build, build_for_all, build_for_one
from mizan_core.call.effects import EVERYTHING, Effects, ResettingPlan
from mizan_core.call.outcome import CallOutcome, Dressed, Fetched, FetchOutcome, Refused, Result, ViewResponse
from mizan_core.call.port import Port
from mizan_core.call.progress import Progress
from mizan_core.client import ErrorCase
from mizan_core.engine import ENGINE
from mizan_core.errors import APIError, CsrfFailed, Forbidden, InternalError, Invalid, NotSupported, Unauthorized
from mizan_core.interface.caching import BundleKey
from mizan_core.interface.endpoint import HTTP, Blame, Endpoint, Invocation, NestedCall, NestedCalls
from mizan_core.interface.interface import Bundle, Interface, Selection
from mizan_core.settings import ALWAYS
from mizan_core.tuples import tuple_of
from mizan_core.viewer import ANONYMOUS, Viewer


async def answer_call(port: Port, interface: Interface, call: Call | LateCall, progress: Progress) -> CallOutcome:
    """Run a function, and purge what it has made stale before anybody hears of it.

    Of a late call nothing more is read before it has been found out who asks.
    """
    try:
        endpoint = interface.endpoint(call.function)
        progress.function = endpoint.name
        for trace in interface.tracers:
            trace(progress)
        if call.carrier in endpoint.barred:
            raise _barred(endpoint)  # noqa: TRY301 - each function more costs every call
        asking = (endpoint,) if endpoint.auth is not None else ()
        if type(call) is Call:
            await admit(port, interface, asking, call.token, progress, guarded=True)
            arguments = endpoint.validate_json(call.arguments)
        else:
            await admit(port, interface, asking, call.token, progress, guarded=call.guarded)
            arguments = await call.read(endpoint)
        return await port.to_the_end(_run(port, interface, endpoint, arguments, progress))
    except Exception as error:  # noqa: BLE001 - whatever user code raises
        return refused(port, progress, error, interface)


def _barred(endpoint: Endpoint) -> APIError:
    """Why a call may not come this way."""
    if endpoint.private:
        return Forbidden("This function is private.")
    return NotSupported(f"This function is not called over {'HTTP' if HTTP in endpoint.barred else 'a socket'}.")


async def answer_fetch(port: Port, interface: Interface, fetch: Fetch, progress: Progress) -> FetchOutcome:
    """The bundle of a context, from the cache or from its functions."""
    try:
        bundle = interface.bundle(fetch.context)
        progress.context = bundle.name
        for trace in interface.tracers:
            trace(progress)
        viewer = await admit(
            port, interface, bundle.guarded, fetch.token, progress, guarded=False, needed=bundle.is_told_by_viewer
        )
        selection = fetch.read(bundle)
        arguments, progress.scope = selection.arguments, selection.scope
        key = _key(bundle, selection, viewer, fetch)
        if fetch.watch is not None:
            await fetch.watch(interface.watch_tags(bundle, arguments))
        build = partial(_build, port, interface, bundle, arguments, fetch.token is not None, progress)
        if type(key) is Bypass:
            return await build_for_one(bundle.name, key, build)
        return await _look_up(port, key, build)
    except Exception as error:  # noqa: BLE001 - whatever user code raises
        return refused(port, progress, error, interface)


def refused(port: Port, progress: Progress, cause: Exception, interface: Interface | None = None) -> Refused:
    """The refusal that an exception becomes; of an unforeseen one the client learns nothing.

    :param interface: which tells what the function declares; without one nothing is declared.
    """
    error = port.translated(cause)
    if isinstance(error, ErrorCase):
        return _declared(error, cause, progress, interface)
    if isinstance(error, APIError):
        return Refused(error, cause, progress, None)
    return Refused(InternalError(), cause, progress, progress.failure(cause))


def _declared(error: ErrorCase, cause: Exception, progress: Progress, interface: Interface | None) -> Refused:
    """The refusal of a declared error; one that clients do not know of is a mistake of the server's."""
    if interface is not None and interface.declares(type(error), progress.function, progress.context):
        return Refused(error, cause, progress, None)
    what = f"it raised {type(error).__qualname__}, which its errors= does not declare"
    return Refused(InternalError(), cause, progress, progress.failure(cause, what))


async def admit(
    port: Port,
    interface: Interface,
    asking: Sequence[Endpoint],
    token: str | None,
    progress: Progress,
    *,
    guarded: bool,
    needed: bool = False,
) -> Viewer:
    """Who is asking: a token, if there is one, decides alone; else the framework's own user, who is looked for where
    *needed*.

    :param asking: the functions that have an ``auth``.
    :param guarded: the request may change something.
    :raises Unauthorized: when nobody is known who may.
    :raises Forbidden: when whoever it is may not.
    """
    if token is not None:
        user = interface.token_user(token)
        check = interface.settings.mwt_check
        port.assume(user, check)
        viewer = user.viewer
        if check == ALWAYS or guarded or (asking and any(endpoint.authorization is not None for endpoint in asking)):
            loading = port.load_user(at_once=check == ALWAYS)
            if loading is not None:
                await loading
    elif guarded or needed or asking:
        try:
            viewer = await port.identify(guarded=guarded)
        except CsrfFailed:
            # A page must know who would have asked, or it sends what another has wanted again with a new token.
            progress.viewer = await port.identify(guarded=False)
            raise
    else:
        return ANONYMOUS
    progress.viewer = viewer
    for endpoint in asking:
        if endpoint.authorization is not None:
            allowed = await port.invoke(endpoint.authorization) is True
        else:
            allowed = viewer.satisfies(endpoint.auth)
        if not allowed:
            raise Forbidden if viewer.authenticated else Unauthorized
    return viewer


async def _run(
    port: Port, interface: Interface, endpoint: Endpoint, arguments: dict[str, Any], progress: Progress
) -> Result | Dressed | ViewResponse:
    """Run a function that may write, and purge what it has made stale, whatever ends it."""
    effects = Effects(interface, endpoint, arguments)
    if effects.are_announced:
        progress.promises = await effects.announce(port)
    calls = NestedCalls(interface.knows)
    progress.has_begun = True
    result: Any = None
    failure: BaseException | None = None
    try:
        result = await port.invoke(endpoint.invocation(arguments, calls, {}))
    except BaseException as error:  # noqa: BLE001 - raised again below
        failure = error
    if failure is not None:
        # Not while it is handled: asgiref's threads keep what is handled where they are begun, in a cycle.
        try:
            await _purge_failed(port, interface, effects, calls, failure, progress)
            raise failure
        finally:
            del failure
    made = calls.end()
    nested = interface.nested_plans(made) if made else []
    purges = effects.purges(nested, made)
    for purge in purges:
        await port.purge(purge)
    if endpoint.is_plain:
        return tuple_of(Result, (effects.plan, result, nested))
    given, dress = result if endpoint.function.injected else (result, None)
    if endpoint.is_view:
        stale = [EVERYTHING] if endpoint.resets else ENGINE.stale_entries([effects.plan, *nested])
        return ViewResponse(given, stale, purges)
    plain = Result(ResettingPlan() if endpoint.resets else effects.plan, given, nested)
    return plain if dress is None else Dressed(plain, dress, purges)


def _key(bundle: Bundle, selection: Selection, viewer: Viewer, fetch: Fetch) -> BundleKey | Bypass:
    """Where the bundle is cached, or why it is not."""
    policy = bundle.policy
    if type(policy) is Bypass:
        return policy
    if not policy.shared and not viewer.authenticated and fetch.has_credentials(policy.vary):
        return Bypass(BypassReason.CREDENTIALS)
    return selection.bundle_key(policy, viewer, fetch.header)


async def _look_up(port: Port, key: BundleKey, build: Build) -> Fetched:
    """The bundle from the cache; where it is not there, built."""
    if await port.in_transaction():
        return await build_for_one(key.context, Bypass(BypassReason.TRANSACTION), build)
    store = key.caching.store
    found = await store.look_up(port.access(store), key.key, key.tags)
    if found.versions is None:
        return await build_for_one(key.context, Bypass(found.bypass or BypassReason.UNAVAILABLE), build)
    if found.body is not None:
        COUNTERS.count("hits")
        return Fetched(found.body, True, None, key.tags, found.versions)
    COUNTERS.count("misses")
    body = await build_for_all(port, key, found.versions, build)
    return Fetched(body, False, None, key.tags, found.versions)


async def _build(
    port: Port,
    interface: Interface,
    bundle: Bundle,
    arguments: list[dict[str, Any]],
    has_token: bool,
    progress: Progress,
    readings: Readings | None,
) -> bytes:
    """Run the functions of a bundle. They are to read, but a mutation that one of them calls is none the less one."""
    if has_token:
        loading = port.load_user(at_once=False)
        if loading is not None:
            await loading
    calls = NestedCalls(interface.knows)
    failed: Blame = {}
    invocations = [
        endpoint.invocation(own, calls, failed) for endpoint, own in zip(bundle.endpoints, arguments, strict=True)
    ]
    if readings is not None:
        invocations = [
            Invocation(readings.told_by(endpoint.name, target, is_async), own, is_async)
            for endpoint, (target, own, is_async) in zip(bundle.endpoints, invocations, strict=True)
        ]
    progress.has_begun = True
    try:
        results = await port.invoke_all(invocations, readings)
    except BaseException as error:
        await _purge_nested(port, interface, calls.end())
        progress.function = failed.get(id(error))
        raise
    made = calls.end()
    if made:
        await _purge_nested(port, interface, made)
    return ENGINE.encode_bundle(list(zip((endpoint.name for endpoint in bundle.endpoints), results, strict=True)))


async def _purge_failed(
    port: Port, interface: Interface, effects: Effects, calls: NestedCalls, failure: BaseException, progress: Progress
) -> None:
    """Purge what a function may have made stale that has begun and failed."""
    made = calls.end()
    if port.is_undone() or (isinstance(failure, Invalid) and not made):
        return
    nested = interface.nested_plans(made)
    progress.purges = effects.purges(nested, made)
    progress.stale = ENGINE.stale_entries([effects.plan, *nested])
    for purge in progress.purges:
        await port.purge(purge)


async def _purge_unanswered(port: Port, purges: Sequence[Purge]) -> None:
    for purge in purges:
        await port.purge(purge, is_answered=False)


async def _purge_nested(port: Port, interface: Interface, calls: Sequence[NestedCall]) -> None:
    purges = [each.purge_of(each.nested_plans(calls)) for each in (interface, *interface.others())]
    needed = [purge for purge in purges if purge is not None]
    if needed:
        await port.to_the_end(_purge_unanswered(port, needed))
