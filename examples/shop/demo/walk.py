"""What clients do in the shop, one step after the other, and what each answer must be."""

from __future__ import annotations

from typing import Any

from examples.shop.demo.browser import Browser, Exchange
from examples.shop.demo.display import Display
from examples.shop.demo.expectations import ABSENT, Such
from examples.shop.demo.servers import RunningShop
from examples.shop.demo.tour import Tour
from examples.shop.seed import CUSTOMERS, PRODUCTS, Customer

_ADA, _BEA, _GRACE = CUSTOMERS
_ASSAM, _DARJEELING, _GYOKURO = PRODUCTS[:3]
_USER = str(_ADA.id)
_PICTURE = b"\x89PNG\r\n\x1a\n of a teapot"
_TEXT = Such("a text", lambda value: isinstance(value, str) and value not in ("", ABSENT))
_TOKEN = Such("three parts joined by dots", lambda value: isinstance(value, str) and value.count(".") == 2)


def walk_through(shop: RunningShop, display: Display) -> None:
    """:raises Unexpected: at the first answer that is not what it must be."""
    tour = Tour(shop, display)
    with Browser(shop.url) as browser:
        look_around(tour, browser)
        ask_the_shop(tour, browser)
        log_in(tour, browser, _ADA)
        token = obtain_token(tour, browser)
        try_wrong_token(tour, browser, token)
    with Browser(shop.url, token) as ada:
        see_oneself(tour, ada)
        come_back(tour, ada)
        take_another_name(tour, ada)
        order = buy(tour, ada)
        fail_to_buy(tour, ada)
        print_receipt(tour, ada, order)
        meet_borders(tour, ada)
        serve_customers(tour, order)
        see_what_changed(tour, ada, order)


def look_around(tour: Tour, browser: Browser) -> None:
    """What nobody in particular can do."""
    session = tour.show("Open the page", browser.session())
    if tour.shop.has_csrf_tokens:
        tour.check("there is a CSRF token", session.at("csrfToken"), _TEXT)
        tour.check("and its cookie", "csrftoken=" in session.headers.get("Set-Cookie", ""), True)
    else:
        tour.check("this framework has no CSRF token", session.at("csrfToken"), None)
    about = tour.show("Ask the server what it is", browser.call("about"))
    tour.check("the engine", about.at("result", "engine"), tour.shop.engine)
    found = tour.show(
        "Search the catalogue", browser.fetch("catalogue", query="TEA", category="tea", max_price="10.00")
    )
    tour.check("two teas cost no more than 10.00", _names(found), [_ASSAM.name, _DARJEELING.name])
    nobody = tour.show("Who am I?", browser.fetch("global"))
    tour.check("nobody yet", nobody.at("current_user"), None)
    order = browser.call("place_order", user_id=_USER, lines=[_line(_ASSAM.id, 1)])
    tour.refused("Order without having logged in", order, 401, "UNAUTHORIZED")


def log_in(tour: Tour, browser: Browser, customer: Customer) -> None:
    """The framework's own session, from where a token can be had."""
    tour.show("Log in with a wrong password", browser.log_in(customer.username, "not " + tour.shop.password), 401)
    opened = tour.show("Log in", browser.log_in(customer.username, tour.shop.password), 204)
    tour.check("there is a session", "session" in opened.headers.get("Set-Cookie", ""), True)
    form = browser.submit_form("mwt_obtain")
    tour.refused("Submit a form from another site's page", form, 415, "UNSUPPORTED_MEDIA_TYPE")
    if tour.shop.has_csrf_tokens:
        forged = browser.call_without_csrf_token("mwt_obtain")
        tour.refused("Call with the session alone, without the CSRF token", forged, 403, "CSRF_FAILED")


def obtain_token(tour: Tour, browser: Browser) -> str:
    """From here on the token says who asks, without a database being asked."""
    granted = tour.show("Obtain a token", browser.call("mwt_obtain"))
    tour.check("it is a token", granted.at("result", "token"), _TOKEN)
    tour.check("it lives for five minutes", granted.at("result", "expires_in"), 300)
    return str(granted.at("result", "token"))


def try_wrong_token(tour: Tour, browser: Browser, token: str) -> None:
    """A token decides alone: not even the session that comes along helps a wrong one."""
    head, _, signature = token.rpartition(".")
    other = f"{head}.{'B' if signature.startswith('A') else 'A'}{signature[1:]}"
    tour.refused("A token with another signature", browser.fetch_with_token("global", other), 401, "UNAUTHORIZED")


def see_oneself(tour: Tour, ada: Browser) -> None:
    """A context is fetched whole: each of its functions answers under its name."""
    known = tour.show("Who am I now?", ada.fetch("global"))
    tour.check("Ada", known.at("current_user"), {"id": _USER, "name": _ADA.name, "staff": False})
    page = tour.show("Fetch Ada's context", ada.fetch("user", user_id=_USER))
    _check_cache(tour, page, "MISS")
    tour.check("both functions got the one parameter", sorted(page.body), ["user_orders", "user_profile"])
    tour.check("no orders yet", page.at("user_orders"), [])
    tour.check("the profile says so too", page.at("user_profile", "order_count"), 0)
    other = ada.fetch("user", user_id=str(_BEA.id))
    tour.refused("Fetch Bea's context", other, 403, "FORBIDDEN")


def come_back(tour: Tour, ada: Browser) -> None:
    """What has not changed is answered from the cache, without a function being run."""
    again = tour.show("Fetch it again", ada.fetch("user", user_id=_USER))
    _check_cache(tour, again, "HIT")
    tour.check("her name", again.at("user_profile", "name"), _ADA.name)


def take_another_name(tour: Tour, ada: Browser) -> None:
    """A merge: the client has the new profile already. Who shows the name elsewhere is told to ask again."""
    renamed = tour.show("Take another name", ada.call("rename", user_id=_USER, name="  Ada Lovelace "))
    tour.check("the new profile", renamed.at("result", "name"), "Ada Lovelace")
    tour.check("the global context is stale", renamed.at("invalidate"), ["global"])
    tour.check("the header says the same", renamed.headers.get("X-Mizan-Invalidate"), "global")
    merged = _merge("user_profile", renamed.at("result"))
    tour.check("the profile takes its slot in Ada's context, nobody else's", renamed.at("merge"), merged)
    known = tour.show("The global context, asked again", ada.fetch("global"))
    tour.check("the new name", known.at("current_user", "name"), "Ada Lovelace")
    page = tour.show("Ada's context, asked again", ada.fetch("user", user_id=_USER))
    _check_cache(tour, page, "MISS")
    tour.check("the new name there", page.at("user_profile", "name"), "Ada Lovelace")


def buy(tour: Tour, ada: Browser) -> Any:
    """Three ways to stay fresh in one answer: a function's slot, a whole context by way of server code, a merge."""
    lines = [_line(_ASSAM.id, 2), _line(_GYOKURO.id, 1)]
    placed = tour.show("Place an order", ada.call("place_order", user_id=_USER, lines=lines, note="Ring twice"))
    order = placed.at("result")
    tour.check("what it costs", placed.at("result", "total"), str(2 * _ASSAM.price + _GYOKURO.price))
    profile = {"context": "user", "function": "user_profile", "params": {"user_id": _USER}}
    tour.check(
        "stale: Ada's profile; the catalogue too, for server code took the goods from the shelf",
        placed.at("invalidate"),
        [profile, "catalogue"],
    )
    header = f"user;user_id={_USER}, catalogue"
    tour.check("the header says the same", placed.headers.get("X-Mizan-Invalidate"), header)
    tour.check("the order joins Ada's orders", placed.at("merge"), _merge("user_orders", order))
    _check_stock(tour, ada, "Search again", _ASSAM.stock - 2)
    return order


def fail_to_buy(tour: Tour, ada: Browser) -> None:
    """Errors say what is wrong, and nothing has happened."""
    invalid = ada.call("place_order", user_id=_USER, lines=[_line(_ASSAM.id, 0)], colour="green")
    tour.refused("Place an order that makes no sense", invalid, 422, "VALIDATION_ERROR")
    tour.check("the details name each field", sorted(invalid.at("error", "details")), ["colour", "lines.0.quantity"])
    too_much = ada.call("place_order", user_id=_USER, lines=[_line(_ASSAM.id, 1), _line(_GYOKURO.id, 99)])
    tour.failed("Order more than there is", too_much, 409, "OUT_OF_STOCK")
    tour.check("it says of which product", too_much.at("error", "data"), {"product_id": str(_GYOKURO.id)})
    tour.check("it says what may have changed", "catalogue" in too_much.at("invalidate"), True)
    _check_stock(tour, ada, "The first line of it was undone", _ASSAM.stock - 2)


def print_receipt(tour: Tour, ada: Browser, order: Any) -> None:
    """A function with a URL of its own, which is a page."""
    receipt = tour.show("Print a receipt", ada.look_at(f"/receipts/{order['id']}/"))
    tour.check("it names what was bought", _ASSAM.name in str(receipt.body), True)
    tour.show("A receipt of nobody's", ada.look_at(f"/receipts/{_USER}/"), 404)


def meet_borders(tour: Tour, ada: Browser) -> None:
    """What is not for customers, and what is not for clients at all."""
    restock = ada.call("restock", product_id=str(_ASSAM.id), quantity=10)
    tour.refused("Ada is no staff", restock, 403, "FORBIDDEN")
    take = ada.call("take_from_stock", product_id=str(_ASSAM.id), quantity=1)
    tour.refused("Call a private function", take, 403, "FORBIDDEN")
    tour.refused("Call what is not there", ada.call("place_odrer"), 404, "NOT_FOUND")


def serve_customers(tour: Tour, order: Any) -> None:
    """Grace, who is staff."""
    with Browser(tour.shop.url) as browser:
        browser.session()
        tour.show("Grace logs in", browser.log_in(_GRACE.username, tour.shop.password), 204)
        token = tour.show("Grace obtains a token", browser.call("mwt_obtain")).at("result", "token")
    with Browser(tour.shop.url, str(token)) as grace:
        shipped = tour.show("Ship Ada's order", grace.call("ship_order", user_id=_USER, order_id=order["id"]))
        tour.check("it is on its way", shipped.at("result"), {**order, "status": "shipped"})
        scoped = [{"context": "user", "params": {"user_id": _USER}}]
        tour.check("Ada's context is stale, nobody else's", shipped.at("invalidate"), scoped)
        stocked = tour.show("Restock", grace.call("restock", product_id=str(_ASSAM.id), quantity=10))
        tour.check("the catalogue is stale", stocked.at("invalidate"), ["catalogue"])
        tour.check("what is on the shelf", stocked.at("result", "stock"), _ASSAM.stock - 2 + 10)
        put_up_picture(tour, grace)


def put_up_picture(tour: Tour, grace: Browser) -> None:
    """A file, and what is none."""
    product = {"product_id": str(_ASSAM.id)}
    tour.show("There is no picture yet", grace.look_at(f"/pictures/{_ASSAM.id}"), 404)
    kept = tour.show("Put up a picture", grace.upload("set_picture", {"image": _PICTURE}, **product))
    tour.check("it is what it says", kept.at("result"), "image/png")
    tour.check("the catalogue is stale", kept.at("invalidate"), ["catalogue"])
    shown = tour.show("Look at it", grace.look_at(f"/pictures/{_ASSAM.id}"))
    tour.check("its type", shown.headers.get("Content-Type"), "image/png")
    shelf = tour.show("Look at the shelf", grace.fetch("catalogue", query="assam"))
    tour.check("it says which picture", len(str(shelf.at("search_products", 0, "picture"))), 16)
    text = tour.show("A text is no picture", grace.upload("set_picture", {"image": b"tea"}, **product), 422)
    tour.check("the details name the file", list(text.at("error", "details")), ["image"])
    large = grace.upload("set_picture", {"image": _PICTURE + bytes(2_000_000)}, **product)
    tour.show("A picture that is too large", large, 413)


def ask_the_shop(tour: Tour, browser: Browser) -> None:
    """A form, which anybody may fill in."""
    shown = tour.show("How to ask the shop", browser.fetch("question-form"))
    labels = [field["label"] for field in shown.at("question.schema", "fields")]
    tour.check("what it asks for", labels, ["Your name", "Your email address", "What is it about?", "Your question"])
    question = {"name": "Ada", "email": "ada", "about": "tea", "text": "Which tea is the strongest?"}
    wrong = tour.show("An address that is none", browser.call("question.submit", data=question), 422)
    tour.check("told by field", wrong.at("error", "details"), {"email": ["Enter a valid email address."]})
    asked = tour.show("Ask", browser.call("question.submit", data={**question, "email": "ada@example.org"}))
    tour.check("the answer goes there", asked.at("result", "email"), "ada@example.org")


def see_what_changed(tour: Tour, ada: Browser, order: Any) -> None:
    """What a client does when it is told that a context is stale."""
    page = tour.show("Ada's context, asked once more", ada.fetch("user", user_id=_USER))
    _check_cache(tour, page, "MISS")
    tour.check("the order is on its way", page.at("user_orders"), [{**order, "status": "shipped"}])
    tour.check("the profile counts it", page.at("user_profile", "order_count"), 1)
    tour.check("and knows when", page.at("user_profile", "last_order_at"), order["placed_at"])
    _check_stock(tour, ada, "The shelves", _ASSAM.stock - 2 + 10)


def _check_stock(tour: Tour, browser: Browser, title: str, stock: int) -> None:
    found = tour.show(title, browser.fetch("catalogue", query=_ASSAM.name))
    tour.check(f"{stock} of it on the shelf", found.at("search_products", 0, "stock"), stock)


def _check_cache(tour: Tour, exchange: Exchange, word: str) -> None:
    meaning = {"HIT": "answered from the cache", "MISS": "the functions have run"}[word]
    tour.check(meaning, exchange.headers.get("X-Mizan-Cache"), word)


def _names(found: Exchange) -> list[str]:
    return [product["name"] for product in found.at("search_products")]


def _line(product: object, quantity: int) -> dict[str, object]:
    return {"product_id": str(product), "quantity": quantity}


def _merge(slot: str, value: Any) -> list[dict[str, Any]]:
    return [{"context": "user", "slot": slot, "params": {"user_id": _USER}, "value": value}]
