"""Forms: three functions, the same whatever the framework (shared/design/forms.md)."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.conformance.answers import Answer
from tests.conformance.caller import Caller
from tests.conformance.target import Target
from tests.conformance.test_uploads import IMAGE, args, body, part, send

GOOD = {"name": "Ada", "email": "ada@example.org"}


def submit(caller: Caller, form: str, data: Any, **parameters: Any) -> Answer:
    return caller.call(f"{form}.submit", {"data": data, **parameters})


def schema(caller: Caller, form: str, **options: Any) -> Any:
    answer = caller.fetch(f"{form}-form", **options)
    assert answer.status == 200, answer
    return answer.json[f"{form}.schema"]


def test_schema_says_how_to_show_it(stranger: Caller) -> None:
    found = schema(stranger, "contact")
    assert (found["title"], found["submit_label"], found["multiple"]) == ("Contact us", "Send", None)
    name, email, size, count = found["fields"]
    assert (name["name"], name["label"], name["required"], name["max_length"]) == ("name", "Your name", True, 10)
    assert (email["name"], email["label"], email["required"]) == ("email", "Email", True)
    assert size["choices"] == [{"value": value, "label": value.upper(), "group": None} for value in "sl"]
    assert (size["required"], size["widget"]["type"]) == (False, "Select")
    assert (count["min"], count["max"], count["widget"]["input_type"]) == (1, 9, "number")


def test_a_valid_form_is_taken(stranger: Caller) -> None:
    answer = submit(stranger, "contact", GOOD)
    assert answer.result == {"sent": True, "name": "Ada"}
    assert (answer.invalidate, answer.header) == (["user"], "user")


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"email": "ada"}, {"email"}),
        ({"email": "ada", "name": "a" * 11}, {"email", "name"}),
        ({"name": ""}, {"name"}),
        ({"name": None}, {"name"}),
        ({"name": 5}, {"name"}),
        ({"name": ["a"]}, {"name"}),
        ({"name": {"a": 1}}, {"name"}),
        ({"size": "m"}, {"size"}),
        ({"size": ["s"]}, {"size"}),
        ({"count": "5"}, {"count"}),
        ({"count": 5.5}, {"count"}),
        ({"count": True}, {"count"}),
        ({"count": 10}, {"count"}),
        ({"name": "nobody"}, {"__all__"}),
    ],
)
def test_an_invalid_form_is_refused(stranger: Caller, change: dict[str, Any], fields: set[str]) -> None:
    answer = submit(stranger, "contact", {**GOOD, **change}).refused("VALIDATION_ERROR")
    assert answer.details.keys() == fields
    assert all(texts and all(isinstance(text, str) for text in texts) for texts in answer.details.values())
    assert (answer.invalidate, answer.header) == (None, None)


def test_the_messages_are_those_of_the_author(stranger: Caller) -> None:
    answer = submit(stranger, "contact", {**GOOD, "email": "ada"})
    assert answer.details == {"email": ["Enter a valid email address."]}
    answer = submit(stranger, "contact", {**GOOD, "name": "nobody"})
    assert answer.details == {"__all__": ["Somebody has to write."]}


@pytest.mark.parametrize("data", ["text", 5, None, [], [GOOD], True])
def test_data_is_an_object(stranger: Caller, data: Any) -> None:
    submit(stranger, "contact", data).refused("VALIDATION_ERROR")


@pytest.mark.parametrize("value", ["s", "l", "", None])
def test_what_need_not_be_chosen(target: Target, stranger: Caller, value: str | None) -> None:
    if value == "" and target.facade.is_fastapi:
        value = None  # an empty text says nothing there
    assert submit(stranger, "contact", {**GOOD, "size": value}).status == 200


@pytest.mark.parametrize("count", [1, 9, None])
def test_whole_numbers(stranger: Caller, count: int | None) -> None:
    assert submit(stranger, "contact", {**GOOD, "count": count}).status == 200


def test_live_validation_tells_of_the_fields_that_were_asked_about(stranger: Caller) -> None:
    data = {"name": "a" * 11, "email": "ada"}
    answer = stranger.call("contact.validate", {"data": data, "fields": ["email"], "seq": 7})
    assert answer.result == {"errors": {"email": ["Enter a valid email address."]}, "seq": 7}
    answer = stranger.call("contact.validate", {"data": data})
    assert answer.result["errors"].keys() == {"name", "email"}
    assert stranger.call("contact.validate", {"data": GOOD}).result == {"errors": {}, "seq": 0}
    answer = stranger.call("contact.validate", {"data": {**GOOD, "name": "nobody"}, "fields": ["__all__"]})
    assert answer.result["errors"] == {"__all__": ["Somebody has to write."]}


def test_live_validation_is_off(target: Target) -> None:
    target.member("staff").call("quiet.validate", {"data": {"name": "x"}}).refused("FORBIDDEN")


def test_auth_stands_before_all_three(target: Target, stranger: Caller, plain: Caller) -> None:
    for caller, code in ((stranger, "UNAUTHORIZED"), (plain, "FORBIDDEN")):
        submit(caller, "quiet", {"name": "x"}).refused(code)
        caller.fetch("quiet-form").refused(code)
    staff = target.member("staff")
    assert submit(staff, "quiet", {"name": "x"}).result == "x"
    assert schema(staff, "quiet")["fields"][0]["initial"] == "Bo"


def test_what_comes_after_the_check_is_a_call_like_any_other(stranger: Caller) -> None:
    answer = submit(stranger, "contact", {**GOOD, "name": "late"}).refused("CONFLICT")
    assert answer.invalidate == ["user"]


def test_initial_values_are_those_of_the_request(stranger: Caller) -> None:
    for color in ("red", "blue"):
        found = schema(stranger, "personal", headers={"X-Color": color})
        assert found["fields"][0]["initial"] == color


HTML = {"Accept": "text/html"}


def test_pages_need_no_javascript(target: Target) -> None:
    http = target.http()
    page = http.get("/forms/contact/")
    assert page.status_code == 200
    assert "<h1>Contact us</h1>" in page.text
    filled = {**GOOD, "size": "", "count": "", **_proof(target, page.text)}
    taken = http.post("/forms/contact/", data=filled, headers=HTML)
    assert (taken.status_code, taken.headers["Location"]) == (303, "/forms/contact/")
    assert taken.headers["X-Mizan-Invalidate"] == "user"
    wrong = http.post("/forms/contact/", data={**filled, "email": "a<da"}, headers=HTML)
    assert (wrong.status_code, "X-Mizan-Invalidate" in wrong.headers) == (422, False)
    assert "Enter a valid email address." in wrong.text
    assert 'value="a&lt;da"' in wrong.text
    whole = http.post("/forms/contact/", data={**filled, "name": "nobody"}, headers=HTML)
    assert "Somebody has to write." in whole.text
    told = http.post("/forms/contact/", data={**filled, "email": "ada"}, headers={"Accept": "application/json"})
    assert told.json()["error"]["details"] == {"email": ["Enter a valid email address."]}


def _proof(target: Target, page: str) -> dict[str, str]:
    """What the framework has put into the form to know it by."""
    if not target.facade.is_django:
        return {}
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    return {"csrfmiddlewaretoken": token[1]}


def test_foreign_pages_send_no_forms(target: Target) -> None:
    http = target.http()
    filled = {**GOOD, "size": "", "count": ""}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert http.post("/forms/contact/", data=filled, headers={**HTML, **headers}).status_code == 403


@pytest.mark.fastapi
def test_browsers_say_whose_page_it_is(target: Target) -> None:
    http = target.http()
    for headers in ({"Origin": target.url}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        assert http.post("/forms/contact/", data=GOOD, headers={**HTML, **headers}).status_code == 303


def test_pages_are_for_whom_the_form_is(target: Target, stranger: Caller) -> None:
    shown = stranger.http.get("/forms/quiet/", headers=HTML)
    assert (shown.status_code, shown.headers["Location"].split("?")[1]) == (302, "next=/forms/quiet/")
    staff = target.member("staff")
    taken = staff.http.post("/forms/quiet/", data={"name": "x"}, headers={**staff.headers, **HTML})
    assert (taken.status_code, taken.headers["Location"]) == (303, "/thanks/")
    stranger.call("contact.page").refused("FORBIDDEN")


@pytest.mark.fastapi
def test_a_handlers_own_parameters(stranger: Caller) -> None:
    assert submit(stranger, "personal", {"color": "ab"}, times=2).result == {"color": "abab", "number": 3}
    submit(stranger, "personal", {"color": "ab"}, times="x").refused("VALIDATION_ERROR")


@pytest.mark.django
class TestDjango:
    def test_what_nobody_has_declared_is_refused(self, stranger: Caller) -> None:
        answer = submit(stranger, "contact", {**GOOD, "zip": "1"}).refused("VALIDATION_ERROR")
        assert answer.details == {"zip": ["Extra inputs are not permitted"]}

    def test_choices_of_the_request(self, stranger: Caller) -> None:
        found = schema(stranger, "personal", headers={"X-Color": "red"})
        assert found["fields"][0]["choices"] == [{"value": "red", "label": "Mine", "group": None}]
        assert (found["fields"][1]["disabled"], found["fields"][1]["initial"]) == (True, "dark")

        def choose(color: str) -> Answer:
            arguments = {"data": {"color": color, "shade": "light"}}
            return stranger.call("personal.submit", arguments, {"X-Color": "red"})

        assert choose("red").result == {"color": "red", "shade": "dark"}
        assert choose("blue").refused("VALIDATION_ERROR").details.keys() == {"color"}

    def test_model_forms_save_themselves(self, stranger: Caller) -> None:
        before = stranger.fetch("notes").json["note_count"]
        answer = submit(stranger, "note", {"text": "by a form"})
        assert (answer.result, answer.invalidate) == (None, ["notes"])
        bundle = stranger.fetch("notes").json
        assert (bundle["note_count"], bundle["note_texts"][-1]) == (before + 1, "by a form")
        submit(stranger, "note", {"text": "  "}).refused("VALIDATION_ERROR")

    def test_forms_of_an_object(self, stranger: Caller) -> None:
        note_id = stranger.call("add_note", {"text": "old"}).result
        found = schema(stranger, "edit", note_id=note_id)
        assert found["fields"][0]["initial"] == "old"
        assert submit(stranger, "edit", {"text": "new"}, note_id=note_id).result == "new"
        assert stranger.call("stored_note", {"note_id": note_id}).result["text"] == "new"
        submit(stranger, "edit", {"text": "new"}, note_id="x").refused("VALIDATION_ERROR")

    def test_lists_of_forms(self, stranger: Caller) -> None:
        found = schema(stranger, "lines")
        assert found["multiple"] == {"min": 1, "max": 3, "extra": 2}
        assert [field["name"] for field in found["fields"]] == ["sku", "count"]
        lines = [{"sku": "a", "count": 1}, {"sku": "b", "count": 2}]
        assert submit(stranger, "lines", lines).result == lines
        wrong = [{"sku": "a", "count": 1}, {"sku": "b c", "count": 0}, {"zip": 1}]
        answer = submit(stranger, "lines", wrong).refused("VALIDATION_ERROR")
        assert answer.details.keys() == {"1.sku", "1.count", "2.sku", "2.count", "2.zip"}
        for several in ([], [lines[0]] * 4):
            assert "__all__" in submit(stranger, "lines", several).refused("VALIDATION_ERROR").details
        answer = submit(stranger, "lines", [lines[0], lines[0]]).refused("VALIDATION_ERROR")
        assert answer.details == {"__all__": ["Each once."]}
        for data in ({"sku": "a"}, ["a"], [None]):
            submit(stranger, "lines", data).refused("VALIDATION_ERROR")

    def test_lists_of_forms_of_objects(self, stranger: Caller) -> None:
        ids = [stranger.call("add_note", {"text": text}).result for text in ("one", "two")]
        forms = schema(stranger, "note_list")["forms"]
        assert [form for form in forms if form["id"] in ids] == [
            {"id": ids[0], "text": "one"},
            {"id": ids[1], "text": "two"},
        ]
        changed = [{"text": "three"}, {"id": ids[1], "text": "2"}, {"id": ids[0], "text": "1"}]
        assert submit(stranger, "note_list", changed).status == 200
        assert [stranger.call("stored_note", {"note_id": each}).result["text"] for each in ids] == ["1", "2"]
        wrong = [{"text": "four"}, {"id": ids[1], "text": ""}]
        assert submit(stranger, "note_list", wrong).refused("VALIDATION_ERROR").details.keys() == {"1.text"}

    def test_files(self, stranger: Caller) -> None:
        data = args(data={"title": "Me"})
        taken = send(stranger, "picture.submit", body(data, part("data.image", IMAGE, "a.png")))
        assert (taken.result, taken.header) == (["Me", "a.png", len(IMAGE), None], "user")
        two = body(data, part("data.image", IMAGE, "a.png"), part("data.paper", b"x", "b.txt"))
        assert send(stranger, "picture.submit", two).result[3] == "b.txt"
        for content, fields in (
            (body(data, part("data.image", IMAGE, "a.gif")), {"image"}),
            (body(data), {"image"}),
            (body(data, part("data.image", b"", "a.png")), {"image"}),
            (body(args(data={"title": "Me", "image": "a.png"})), {"image"}),
        ):
            assert send(stranger, "picture.submit", content).refused("VALIDATION_ERROR").details.keys() == fields
        unexpected = body(data, part("data.image", IMAGE, "a.png"), part("data.title", IMAGE, "a.png"))
        send(stranger, "picture.submit", unexpected).refused("VALIDATION_ERROR")
        large = body(data, part("data.image", b"x" * 20_001, "a.png"))
        send(stranger, "picture.submit", large).refused("PAYLOAD_TOO_LARGE")
        found = schema(stranger, "picture")["fields"][1]
        assert (found["required"], found["extensions"], found["widget"]["input_type"]) == (True, ["png"], "file")

    def test_files_of_pages(self, target: Target) -> None:
        http = target.http()
        filled = {"title": "Me", **_proof(target, http.get("/forms/picture/").text)}

        def sent(size: int) -> httpx.Response:
            image = ("a.png", b"x" * size, "image/png")
            return http.post("/forms/picture/", data=filled, files={"image": image}, headers=HTML)

        assert sent(20_000).status_code == 303
        too_large = sent(20_001)
        assert (too_large.status_code, "The file image is larger than 20,000 bytes." in too_large.text) == (413, True)

    def test_files_in_a_list_of_forms(self, stranger: Caller) -> None:
        def sent(*sizes: int) -> Answer:
            data = args(data=[{"title": str(size)} for size in sizes])
            files = [part(f"data.{place}.scan", b"x" * size, "a.png") for place, size in enumerate(sizes)]
            return send(stranger, "papers.submit", body(data, *files))

        assert sent(5, 1_000).result == [["5", 5], ["1000", 1_000]]
        sent(5, 1_001).refused("PAYLOAD_TOO_LARGE")
        assert sent(1, 2, 3).refused("VALIDATION_ERROR").details.keys() == {"data.2.scan"}

    def test_texts_are_in_the_language_of_the_request(self, stranger: Caller) -> None:
        answer = stranger.call("contact.submit", {"data": {}}, {"Accept-Language": "de"})
        assert answer.details["name"] == ["Dieses Feld ist zwingend erforderlich."]
