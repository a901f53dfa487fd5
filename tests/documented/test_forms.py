"""docs/forms.md: the examples, as printed, and what the page says of them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from tests.documented.applications import in_django, in_fastapi
from tests.documented.pages import answer, block, blocks

ASKED = """
def told(answer):
    return [answer.status_code, answer.json()]

wrong = {"name": "Ada", "email": "ada", "topic": "order", "message": "Where is it?"}
good = {**wrong, "email": "ada@example.org", "message": "Where is #5?"}
print(json.dumps([
    call("contact.submit", data=wrong),
    call("contact.submit", data={**good, "message": "Where is it?"}),
    call("contact.submit", data=good),
    call("contact.validate", data=wrong, fields=["email"], seq=3),
    http.get("/api/mizan/ctx/contact-form/").json()["contact.schema"],
    http.get("/api/mizan/ctx/letters/").json(),
]))
"""
PAGE = """
page = http.get("/contact/").content.decode()
http.handler.enforce_csrf_checks = False
html = {"Accept": "text/html"}
filled = {"name": "Ada", "email": "ada@example.org", "message": "Hello"}
answers = [http.post("/contact/", data, headers=html) for data in (filled, {**filled, "email": "ada"})]
print(json.dumps([page, [[each.status_code, each.headers.get("Location"), each.content.decode()] for each in answers]]))
"""
OPTIONS = """{
    "ROOT_URLCONF": "example_urls",
    "INSTALLED_APPS": ["django.contrib.auth", "django.contrib.contenttypes", "mizan", "shop"],
}"""
URLS = """
from django.urls import include, path

urlpatterns = [path("api/mizan/", include("mizan.urls")), path("", include("mizan.view_urls"))]
"""


def _check(told: list[Any]) -> None:
    wrong, without_number, sent, validated, schema, letters = told
    printed = answer("forms", '"__all__"')
    assert wrong[0] == without_number[0] == 422
    details = {**without_number[1]["error"]["details"], "email": wrong[1]["error"]["details"]["email"]}
    assert details == printed["error"]["details"]
    assert {**wrong[1]["error"], "details": details} == printed["error"]
    assert sent == [200, {"result": {"sent": True}, "invalidate": ["letters"]}]
    assert validated == [200, {"result": {"errors": {"email": ["Enter a valid email address."]}, "seq": 3}}]
    assert (schema["title"], schema["submit_label"]) == ("Contact Us", "Send")
    assert [(field["name"], field["required"]) for field in schema["fields"]] == [
        ("name", True),
        ("email", True),
        ("topic", False),
        ("message", True),
    ]
    assert letters == {"letters": ["Where is #5?"]}


def test_in_django(tmp_path: Path) -> None:
    (tmp_path / "example_urls.py").write_text(URLS)
    told = in_django(tmp_path, block("forms", "python", "# shop/clients.py"), ASKED, OPTIONS)
    _check(told)
    assert told[0][1] == answer("forms", '"__all__"')


def test_in_fastapi(tmp_path: Path) -> None:
    _check(in_fastapi(tmp_path, block("forms", "python", "LETTERS.append(data.message)"), ASKED))


MOUNTED = """

from fastapi import FastAPI
from mizan_fastapi import create_router, mount

app = FastAPI()
api = create_router()
mount(app, "/api/mizan", api)
app.include_router(api.views)
"""
FASTAPI_PAGES = """
html = {"Accept": "text/html"}
filled = {"name": "Ada", "email": "ada@example.org", "message": "Hello"}
contact = [http.get("/contact/")]
contact += [http.post("/contact/", data=data, headers=html) for data in (filled, {**filled, "email": "ada"})]
question = [http.get("/products/5/question/")]
question += [http.post("/products/5/question/", data={"text": text}, headers=html) for text in ("", "Why?")]
told = lambda each: [each.status_code, each.headers.get("Location"), each.text]
print(json.dumps([[told(each) for each in asked] for asked in (contact, question)]))
"""


def test_the_page_of_a_form_in_django(tmp_path: Path) -> None:
    (tmp_path / "example_urls.py").write_text(URLS)
    _check_page(*in_django(tmp_path, block("forms", "python", "# shop/clients.py"), PAGE, OPTIONS))


def test_the_pages_of_forms_in_fastapi(tmp_path: Path) -> None:
    example = block("forms", "python", "LETTERS.append(data.message)") + block("forms", "python", "FormPage") + MOUNTED
    [[_, _, page], *answers], [shown, wrong, sent] = in_fastapi(tmp_path, example, FASTAPI_PAGES)
    _check_page(page, answers)
    assert (shown[0], wrong[0], sent[:2]) == (200, 422, [303, "/thanks/"])
    assert shown[2].startswith("<title>Ask us</title><main><form")
    assert "Field required" in wrong[2]


def _check_page(page: str, answers: list[Any]) -> None:
    assert "<h1>Contact Us</h1>" in page
    assert "<button>Send</button>" in page
    (taken, location, _), (refused, _, again) = answers
    assert (taken, location, refused) == (303, "/contact/", 422)
    assert "Enter a valid email address." in again


def test_the_other_examples_are_python() -> None:
    assert len([ast.parse(example) for example in blocks("forms", "python")]) == 5
