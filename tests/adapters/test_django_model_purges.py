"""``purges(Model, context=...)``: what is saved or deleted purges on commit, whoever does it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.adapters.projects import run

PROJECT = '''
import json, sys
from django.conf import settings

settings.configure(
    SECRET_KEY="of-this-test-alone",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["testserver"],
    INSTALLED_APPS=["django.contrib.contenttypes", "mizan", "shop"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}},
    MIZAN_CACHE_SECRET="a-cache-secret-of-this-test-alone",
)
import django
django.setup()
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, transaction
from django.test import Client
from django.urls import include, path
from mizan import purge_all, purges
from mizan_core.client import client
from mizan_core.registry import register
from shop.models import Customer, Line, Order, Product

urlpatterns = [path("api/mizan/", include("mizan.urls"))]

@client(context="user")
def notes(request, user_id: int) -> list[str]:
    return [order.note for order in Order.objects.filter(customer_id=user_id)]

@client(context="lines")
def lines(request, user_id: int) -> int:
    return Line.objects.filter(order__customer_id=user_id).count()

@client(context="catalogue")
def products(request) -> int:
    return Product.objects.count()

@client(affects=["user", "lines"])
def clear(request, user_id: int) -> None:
    """Only with a mutation that narrows it a context is purged narrowly."""

for function in (notes, lines, products, clear):
    register(function)
purges(Order, context="user", user_id="customer_id")
purges(Line, context="lines", user_id="order__customer")
purges(Product, context="catalogue")
with connection.schema_editor() as editor:
    for model in (Customer, Product, Order, Line):
        editor.create_model(model)
ada, bob = Customer.objects.create(name="Ada"), Customer.objects.create(name="Bob")
order = Order.objects.create(customer=ada, note="tea")
line = Line.objects.create(order=order)
http = Client()

def fetch(context, **params):
    return http.get(f"/api/mizan/ctx/{context}/", params).headers["X-Mizan-Cache"]

def words():
    users = [fetch("user", user_id=user.pk) for user in (ada, bob)]
    return [*users, fetch("lines", user_id=ada.pk), fetch("catalogue")]

said = {}
def after(what):
    said[what] = words()
    words()

after("the first time")
after("no change")
order.note = "chess"
order.save()
after("a save")
loaded = Order.objects.get()
loaded.customer = bob
loaded.save()
after("a move from one to the other")
loaded.customer = ada
loaded.save()
after("a move back")
try:
    with transaction.atomic():
        Order.objects.create(customer=bob, note="lost")
        raise ValueError
except ValueError:
    pass
after("a transaction that was rolled back")
with transaction.atomic():
    Order.objects.create(customer=bob, note="kept")
after("a transaction")
line.delete()
after("a delete through a path")
Product.objects.create()
after("a context without parameters")
list(Order.objects.only("note"))
after("a load without the field")
only = Order.objects.only("note").get(customer=bob)
only.note = "other"
only.save()
after("a save without the field")
def moved(order, customer, **options):
    order.customer = customer
    order.save(**options)

moved(Order.objects.only("note").get(note="other"), ada)
after("a move of what was not loaded")
loaded = Order.objects.get(note="other")
moved(Order.objects.get(note="other"), bob)
loaded.refresh_from_db()
words()
moved(loaded, ada)
after("a move of what was loaded anew")
try:
    with transaction.atomic():
        moved(loaded, bob)
        raise ValueError
except ValueError:
    pass
loaded.save()
after("a move that was rolled back and done again")
moved(Order(pk=loaded.pk, note="other"), ada)
after("a move of what was never loaded")
for _ in range(2):
    moved(loaded, bob, update_fields=["note"])
    after("a save of other fields alone")
loaded.customer = bob
loaded.delete()
after("a delete of what has another value in memory")
Order.objects.create(customer=bob, note="last")
words()
Order.objects.filter(customer=bob).delete()
after("a delete of a query")
purge_all()
after("purge_all")
for path_ in ("nothing", "customer__nothing", "note__length"):
    try:
        purges(Order, context="user", user_id=path_)
    except FieldDoesNotExist as error:
        said[path_] = str(error)
print(json.dumps(said))
'''
MODELS = """
from django.db import models

class Customer(models.Model):
    name = models.CharField(max_length=20)

class Product(models.Model):
    pass

class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    note = models.CharField(max_length=20)

class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
"""
USERS = {
    # What Ada's and Bob's bundles, Ada's lines and the catalogue are found as afterwards.
    "the first time": "MISS MISS MISS MISS",
    "no change": "HIT HIT HIT HIT",
    "a save": "MISS HIT HIT HIT",
    "a move from one to the other": "MISS MISS HIT HIT",
    "a move back": "MISS MISS HIT HIT",
    "a transaction that was rolled back": "HIT HIT HIT HIT",
    "a transaction": "HIT MISS HIT HIT",
    "a delete through a path": "HIT HIT MISS HIT",
    "a context without parameters": "HIT HIT HIT MISS",
    "a load without the field": "HIT HIT HIT HIT",
    "a save without the field": "HIT MISS HIT HIT",
    "a move of what was not loaded": "MISS MISS HIT HIT",
    "a move of what was loaded anew": "MISS MISS HIT HIT",
    "a move that was rolled back and done again": "MISS MISS HIT HIT",
    "a move of what was never loaded": "MISS MISS HIT HIT",
    "a save of other fields alone": "MISS MISS HIT HIT",
    "a delete of what has another value in memory": "MISS MISS HIT HIT",
    "a delete of a query": "HIT MISS HIT HIT",
    "purge_all": "MISS MISS MISS MISS",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("shop")
    app = folder / "shop"
    app.mkdir()
    (app / "__init__.py").touch()
    (app / "models.py").write_text(MODELS)
    (folder / "project.py").write_text(PROJECT)
    ended = run(folder, "project.py")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("change", USERS)
def test_a_change_purges_what_it_is_part_of(said: dict[str, Any], change: str) -> None:
    assert " ".join(said[change]) == USERS[change]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nothing", "'nothing': Order has no field 'nothing'; it has: customer, customer_id, id, note"),
        ("customer__nothing", "'customer__nothing': Customer has no field 'nothing'; it has: id, name"),
        ("note__length", "'note__length': Order.note is no foreign key"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(said: dict[str, Any], path: str, sentence: str) -> None:
    assert said[path] == sentence
