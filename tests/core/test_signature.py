"""What ``@client`` reads from signatures, and which ones it refuses."""

# ruff: noqa: UP007, UP045 - annotations are test data, in every spelling
# mypy: disable-error-code="assignment, empty-body, misc, name-defined, no-untyped-def, valid-type"

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Optional, Union

import django.http
import fastapi
import pytest
import starlette.datastructures
import starlette.requests
import starlette.responses
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from pydantic import BaseModel, Field
from typing_extensions import NotRequired, TypedDict

import mizan.signatures  # noqa: F401 - whose classes are known
import mizan_fastapi.signatures  # noqa: F401
from mizan_core.client import client
from mizan_core.client.signature import MISSING, Parameter
from mizan_core.registry import Registry
from tests.core.inspecting import refusal

if TYPE_CHECKING:
    from decimal import Decimal as OnlyForTypeCheckers

HERE = "tests.core.test_signature"


class Later(BaseModel):
    x: int


class TestParameters:
    def test_read_in_order(self) -> None:
        @client
        def function(request: object, a: int, b: str = "x", *, c: list[Later], d: float | None = None) -> None: ...

        assert function.parameters == (
            Parameter("a", int, True, MISSING),
            Parameter("b", str, False, "x"),
            Parameter("c", list[Later], True, MISSING),
            Parameter("d", Optional[float], False, None),
        )
        assert function.returns is type(None)

    def test_none(self) -> None:
        assert client(_nothing).parameters == ()

    def test_a_default_of_none_adds_nothing_to_the_annotation(self) -> None:
        @client
        def function(request: object, x: int = None) -> None: ...  # noqa: RUF013

        assert function.parameters[0].annotation is int

    def test_metadata_is_kept(self) -> None:
        @client
        def function(request: object, x: Annotated[int, Field(gt=0)]) -> Annotated[str, "note"]: ...

        assert function.parameters[0].annotation.__metadata__[0].metadata[0].gt == 0
        assert function.returns == Annotated[str, "note"]


def _nothing(request: object) -> None: ...


class TestRequest:
    @pytest.mark.parametrize("name", ["request", "_request", "req", "_req", "_"])
    def test_known_by_its_name(self, name: str) -> None:
        scope: dict[str, Any] = {}
        exec(f"def function({name}, x: int) -> None: ...", scope)  # noqa: S102 - names are data here
        assert [parameter.name for parameter in client(scope["function"]).parameters] == ["x"]

    def test_known_by_its_type(self) -> None:
        class OwnRequest(django.http.HttpRequest): ...

        def in_django(r: OwnRequest, x: int) -> None: ...
        def in_starlette(r: starlette.requests.Request, x: int) -> None: ...
        def in_fastapi(r: fastapi.Request, x: int) -> None: ...

        for function in (in_django, in_starlette, in_fastapi):
            assert [parameter.name for parameter in client(function).parameters] == ["x"]

    def test_positional_only(self) -> None:
        @client
        def function(request: object, /, x: int) -> int:
            return x

        assert function(None, x=5) == 5

    def test_its_annotation_need_not_exist_at_run_time(self) -> None:
        @client
        def function(request: OnlyForTypeCheckers, x: int) -> None: ...

        assert function.parameters[0].name == "x"

    def test_missing(self) -> None:
        def no_parameters() -> None: ...
        def forgotten(user_id: int) -> None: ...
        def unannotated(thing, x: int) -> None: ...
        def by_keyword(*, request: object) -> None: ...
        def gathered(*args: object) -> None: ...

        for function, words in [
            (no_parameters, "write 'request' as the first parameter"),
            (forgotten, "write 'request' before 'user_id'"),
            (unannotated, "write 'request' before 'thing'"),
            (by_keyword, "write 'request' as the first parameter"),
            (gathered, "write 'request' as the first parameter"),
        ]:
            message = refusal(lambda function=function: client(function), TypeError)
            assert message.startswith(f"TestRequest.test_missing.<locals>.{function.__name__} ({HERE}:")
            assert f"the request parameter is missing; {words}" in message

    def test_a_method_is_no_server_function(self) -> None:
        class Views:
            def method(self, request: object) -> None: ...

            def declared(self, request, x: int) -> None: ...

        for method in (Views.method, Views.declared):
            assert "write a function, without 'self'" in refusal(lambda method=method: client(method), TypeError)


class TestRefused:
    def test_form(self) -> None:
        def positional(request: object, x: int, /) -> None: ...
        def gathering(request: object, *args: int) -> None: ...
        def gathering_names(request: object, **kwargs: int) -> None: ...
        def unannotated(request: object, x) -> None: ...
        def without_return(request: object, x: int): ...

        for function, words in [
            (positional, "parameter 'x' is positional-only: arguments come by name; remove the '/'"),
            (gathering, "*args: clients pass arguments by name; declare each parameter"),
            (gathering_names, "**kwargs: clients have to know every argument; declare each parameter"),
            (unannotated, "parameter 'x' has no annotation; write its type"),
            (without_return, "the return annotation is missing; write what it returns, for example '-> None'"),
        ]:
            message = refusal(lambda function=function: client(function), TypeError)
            assert message.startswith(f"TestRefused.test_form.<locals>.{function.__name__} ({HERE}:")
            assert words in message

    def test_field_as_default(self) -> None:
        def function(request: object, x: int = Field(gt=0)) -> None: ...

        message = refusal(lambda: client(function), TypeError)
        assert "parameter 'x' = Field(...): write x: Annotated[<type>, Field(...)] instead" in message

    def test_fastapi_markers(self) -> None:
        def query(request: object, x: int = fastapi.Query(1)) -> None: ...
        def body(request: object, x: Annotated[int, fastapi.Body()]) -> None: ...
        def path(request: object, x: Annotated[str, fastapi.Path()]) -> None: ...

        for function, marker in [(query, "Query"), (body, "Body"), (path, "Path")]:
            message = refusal(lambda function=function: client(function), TypeError)
            assert f"parameter 'x': FastAPI's {marker}(...) is not resolved here; read it from the request" in message

    @pytest.mark.parametrize(
        ("metadata", "words"),
        [
            (Field(alias="y"), "Field(alias=...) is not possible; a parameter has one name everywhere"),
            (Field(validation_alias="y"), "Field(alias=...) is not possible"),
            (Field(default=1), "Field(default=...) is not possible; write the default after '='"),
            (Field(default_factory=int), "Field(default=...) is not possible"),
        ],
    )
    def test_field_options(self, metadata: Any, words: str) -> None:
        def function(request: object, x: Annotated[int, metadata]) -> None: ...

        message = refusal(lambda: client(function), ValueError)
        assert f"parameter 'x': {words}" in message

    def test_annotations_that_are_none(self) -> None:
        def parameter(request: object, x: "1 +") -> None: ...  # noqa: F722
        def returns(request: object) -> undefined.name[0]: ...  # noqa: F821
        def division(request: object, x: int, y: 1 / 0) -> None: ...

        assert "parameter 'x': '1 +' is not a type (" in refusal(lambda: client(parameter), TypeError)
        assert "parameter 'y': '1 / 0' is not a type (division by zero)" in refusal(lambda: client(division), TypeError)
        assert "'undefined'" in refusal(lambda: client(returns).returns, TypeError)


class TestNames:
    def test_of_classes_beside_the_function(self) -> None:
        class Model(BaseModel):
            x: int

        @dataclass
        class Data:
            model: Model

        @client
        def function(request: object, model: Model, data: list[Data]) -> Model:
            return model

        assert function.parameters[0].annotation is Model
        assert function.parameters[1].annotation == list[Data]
        assert function.arguments.validate_python({"model": {"x": 1}, "data": [{"model": {"x": 2}}]}) == {
            "model": Model(x=1),
            "data": [Data(Model(x=2))],
        }

    def test_of_classes_in_outer_functions(self) -> None:
        class Outer(BaseModel):
            x: int

        def make() -> Any:
            class Inner(Outer): ...

            @client
            def function(request: object, outer: Outer, inner: Inner) -> Outer:
                return Outer(x=inner.x)

            return function

        assert [parameter.annotation.__name__ for parameter in make().parameters] == ["Outer", "Inner"]

    def test_locals_shadow_the_module(self) -> None:
        class Later(BaseModel):
            y: int

        @client
        def function(request: object, later: Later) -> None: ...

        assert function.parameters[0].annotation is Later

    def test_defined_after_the_function(self) -> None:
        @client
        def function(request: object, x: Afterwards) -> list[Afterwards]:
            return [x]

        class Afterwards(BaseModel):
            x: int

        Registry().register(function)
        assert function.parameters[0].annotation is Afterwards
        assert function.returns == list[Afterwards]

    def test_defined_after_the_function_at_first_use(self) -> None:
        @client
        def function(request: object, x: Afterwards) -> None: ...

        class Afterwards(BaseModel):
            x: int

        assert function.arguments.validate_python({"x": {"x": 1}}) == {"x": Afterwards(x=1)}

    def test_at_module_level(self) -> None:
        assert client(_uses_what_follows).parameters[0].annotation is DefinedBelow

    def test_never_defined(self) -> None:
        @client
        def function(request: object, x: Nowhere) -> None: ...  # noqa: F821

        expected = "an annotation names 'Nowhere', which is not defined"
        for use in (lambda: function.parameters, lambda: Registry().register(function), function.prepare):
            message = refusal(use, TypeError)
            assert message.startswith(f"TestNames.test_never_defined.<locals>.function ({HERE}:")
            assert message.endswith(f"): {expected}")
            assert message.count(HERE) == 1

    def test_models_that_wait_for_each_other(self) -> None:
        class First(BaseModel):
            second: Second | None = None

        class Second(BaseModel):
            first: First | None = None

        @client
        def function(request: object, x: list[First]) -> Second:
            return Second(first=x[0])

        validated = function.arguments.validate_python({"x": [{"second": {"first": {}}}]})
        assert validated == {"x": [First(second=Second(first=First()))]}
        assert function.result.dump_python(function(None, **validated), mode="json")["first"]["second"] is not None

    def test_models_that_wait_for_what_follows_the_function(self) -> None:
        class First(BaseModel):
            second: Second

        @client
        def function(request: object, x: First) -> None: ...

        class Second(BaseModel):
            y: int

        Registry().register(function)
        assert function.arguments.validate_python({"x": {"second": {"y": 1}}})["x"].second.y == 1

    def test_scopes_are_not_kept_alive(self) -> None:
        import gc
        import weakref

        class Resource:
            def read(self) -> None: ...

        def make() -> tuple[Any, weakref.ref[Resource]]:
            resource = Resource()
            read = resource.read

            @client
            def function(request: object, x: int) -> None: ...

            read()
            return function, weakref.ref(resource)

        function, resource = make()
        gc.collect()
        assert resource() is None
        assert function.parameters


def _uses_what_follows(request: object, x: DefinedBelow) -> None: ...


class DefinedBelow(BaseModel):
    x: int


class TestReturns:
    def test_it_stands_instead_of_the_annotation(self) -> None:
        @client(returns=list[int])
        def numbers(request: object) -> Iterator[object]:
            return iter(range(2))

        assert numbers.returns == list[int]
        assert numbers.result.dump_json(numbers.result.validate_python(numbers.function(None))) == b"[0,1]"

    def test_of_a_name_that_only_type_checkers_know(self) -> None:
        @client(returns="list[int]")
        def numbers(request: object) -> Nowhere:  # noqa: F821
            return range(2)

        assert numbers.returns == list[int]

    def test_without_an_annotation(self) -> None:
        @client(returns=int)
        def number(request):
            return 1

        assert number.returns is int

    def test_what_cannot_be_sent(self) -> None:
        with pytest.raises(TypeError, match="the return annotation: a function cannot be sent"):

            @client(returns=Callable)
            def numbers(request: object) -> int:
                return 1


class TestViewPath:
    def test_response_classes(self) -> None:
        class OwnResponse(starlette.responses.JSONResponse): ...

        def returns(annotation: Any) -> Callable[..., Any]:
            def function(request: object) -> None: ...

            function.__annotations__["return"] = annotation
            return function

        responses: list[Any] = [
            django.http.HttpResponse,
            django.http.JsonResponse,
            django.http.StreamingHttpResponse,
            django.http.HttpResponseRedirect,
            fastapi.Response,
            starlette.responses.FileResponse,
            OwnResponse,
            Optional[django.http.HttpResponse],
            Union[django.http.HttpResponse, django.http.HttpResponseRedirect, None],
            django.http.HttpResponse | django.http.HttpResponseRedirect,
            Annotated[fastapi.Response, "note"],
        ]
        for annotation in responses:
            assert client(returns(annotation)).is_view, annotation
        for annotation in (None, int, BaseModel, Later, Any, list[django.http.HttpResponse], Optional[Later]):
            assert not client(returns(annotation)).is_view, annotation

    def test_name_alone_does_not_count(self) -> None:
        class Response: ...

        def function(request: object) -> Response: ...

        assert not client(function).is_view

    def test_either_a_response_or_data(self) -> None:
        def function(request: object) -> django.http.HttpResponse | Later: ...

        assert "it returns either a response or data, not both" in refusal(lambda: client(function), TypeError)

    def test_result_is_not_serialised(self) -> None:
        @client
        def page(request: object, x: int) -> django.http.HttpResponse: ...

        page.prepare()
        assert "framework response, which is not serialised" in refusal(lambda: page.result, TypeError)


class WithCallback(BaseModel):
    done: Callable[[int], None] | None = None


class CallbackDict(TypedDict):
    done: NotRequired[Callable[[int], None]]


@dataclass
class CallbackDataclass:
    done: Callable[[int], None] | None


class CallbackTuple(NamedTuple):
    done: Callable[[int], None]


class TestWhatNoClientCanSend:
    @pytest.mark.parametrize(
        "annotation",
        [
            Callable,
            typing.Callable,
            Callable[[int], str],
            typing.Callable[..., Any],
            Callable[[int], str] | None,
            list[Callable[[], None]],
            Annotated[dict[str, Callable[[], None]], "note"],
            WithCallback,
            list[WithCallback | None],
            CallbackDict,
            CallbackDataclass,
            dict[str, CallbackTuple],
        ],
    )
    def test_functions(self, annotation: Any) -> None:
        def function(request: object, done): ...

        function.__annotations__ |= {"done": annotation, "return": None}
        words = "parameter 'done': a function cannot be sent over the wire"
        assert words in refusal(lambda: client(function), TypeError)
        function.__annotations__ |= {"done": int, "return": annotation}
        words = "the return annotation: a function cannot be sent over the wire"
        assert words in refusal(lambda: client(function), TypeError)

    @pytest.mark.parametrize(
        "upload", [fastapi.UploadFile, starlette.datastructures.UploadFile, UploadedFile, SimpleUploadedFile]
    )
    def test_files_inside_something(self, upload: Any) -> None:
        for annotation in (dict[str, upload], list[list[upload]], upload | int, tuple[upload, ...]):

            def function(request: object, file): ...

            function.__annotations__ |= {"file": annotation, "return": None}
            words = "parameter 'file': a file is a parameter of its own, or a list of them is: 'image: UploadedFile'"
            assert words in refusal(lambda f=function: client(f), TypeError)
            function.__annotations__ |= {"file": int, "return": annotation}
            assert "the return annotation: a file is" in refusal(lambda f=function: client(f), TypeError)
