"""docs/allauth.md: the settings and URLs, as printed, and the answer that it shows."""

from __future__ import annotations

from pathlib import Path

from tests.documented.applications import in_django
from tests.documented.pages import answer, block

MORE = """
ALLOWED_HOSTS = ["testserver"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
HEADLESS_FRONTEND_URLS = {"account_confirm_email": "https://shop.test/{key}"}
"""
ASKED = """
from django.core.management import call_command
from mizan_core.ir import build_ir

call_command("migrate", verbosity=0)
names = [line.split('"')[1] for line in build_ir().splitlines() if line.startswith("function ")]
print(json.dumps([
    call("auth.signup", email="ada@shop.test", password="correct horse 5"),
    call("auth.login", email="ada@shop.test", password="a guess"),
    call("auth.logout"),
    names,
]))
"""


def test_the_project(tmp_path: Path) -> None:
    settings = block("allauth", "python", "# project/settings.py") + MORE
    (tmp_path / "printed_urls.py").write_text(block("allauth", "python", "# project/urls.py"))
    (tmp_path / "printed_settings.py").write_text(settings)
    options = (
        '{**{name: value for name, value in vars(__import__("printed_settings")).items() if name.isupper()}, '
        '"ROOT_URLCONF": "printed_urls"}'
    )
    signup, guess, logout, names = in_django(tmp_path, "", ASKED, options)
    assert signup[0] == 401
    printed = answer("allauth", "AUTH_PENDING")
    assert signup[1] == printed
    assert (guess[0], list(guess[1]["error"]["details"])) == (422, ["password"])
    assert logout == [200, {"result": None, "invalidate": ["*"]}]
    # Of what this project has not turned on there is nothing.
    off = ("code_", "phone", "mfa_", "totp", "webauthn_", "provider", "sessions")
    assert [name for name in names if name.startswith(tuple(f"auth.{start}" for start in off))] == []
    page = (Path(__file__).parents[2] / "docs" / "allauth.md").read_text("utf-8")
    assert [name for name in names if name.startswith("auth.") and f"`{name}`" not in page] == []
