"""Every page of the people's door under hostile input: a plain answer, never 5xx, never an address of somebody else."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from idp.web.blueprints import BLUEPRINTS
from tests.city import CALLBACK, City
from tests.visitor import ISSUER, Visitor, asking, forms, text, transaction

FORM = "application/x-www-form-urlencoded"
#: Every field that some page reads.
FIELDS = (
    *("login", "password", "password2", "present", "tx", "code", "token", "contact", "email", "phone", "question"),
    *("family_name", "given_name", "middle_name", "birthdate", "gender", "locale", "answer", "agreement", "consents"),
    *("page", "done", "sent", "to", "back", "shared", "sure", "question_present", "service_use", "city_news"),
    *("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "prompt", "max_age", "claims"),
    *("id_token_hint", "login_hint", "ui_locales", "post_logout_redirect_uri", "acr_values", "response_mode"),
)
READABLE = {
    "long": "ж" * 500,
    "digits of other alphabets": "１２３４５６",
    "superscript": "²",
    "negative": "-1",
    "huge number": "9" * 400,
    "not a number": "NaN",
    "markup": "\"'><script>alert(1)</script><!--",
    "template": "{{7*7}}{%s}%n${x}",
    "lines": "a\r\nSet-Cookie: stolen=1\r\n\r\nb",
    "direction": "\u202egnp.exe\u2066\u200b\ufeff",
    "statement": "'; DROP TABLE accounts; --",
    "path": "../../../../etc/passwd",
    "address": "//evil.test/\\evil.test",
    "script address": "javascript:alert(1)",
    "astral": "💩" * 50,
    "json": '{"$ne": null}',
    "blank": " \t\u00a0\u3000",
}
UNREADABLE = {
    "a byte that no letter has": "%FF",
    "a letter cut short": "%D0",
    "half of a pair": "%ED%A0%80",
    "overlong": "%C0%AF",
    "NUL": "a%00b",
}


def rules() -> Iterator[tuple[str, str]]:
    """Return every address of the door with each of its methods, arguments left to be filled in."""
    bare = Flask("idp.web")
    for blueprint in BLUEPRINTS:
        bare.register_blueprint(blueprint)
    for rule in bare.url_map.iter_rules():
        path = re.sub(r"<any\((\w+),[^>]*>", r"\1", rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield method, re.sub(r"<[^>]*>", "{}", path)


@pytest.fixture(params=["anybody", "signed in, on PostgreSQL"])
def visit(request: pytest.FixtureRequest) -> Any:
    """Return a function that calls a page with a body or query; the forms' token and a waiting request are real."""
    signed_in = request.param != "anybody"
    town: City = request.getfixturevalue("town_on_postgresql" if signed_in else "town")
    visitor = Visitor(town.flows)
    token = forms(visitor.get("/sign-in"))[-1]["fields"]["csrf_token"]
    waiting = transaction(visitor.authorize())

    def call(method: str, path: str, encoded: str, content_type: str = FORM) -> TestResponse:
        # The real request goes with what holds none; a second one would be refused for itself.
        real = "" if "tx=" in encoded else f"&tx={waiting}"
        if method == "GET":
            return visitor.get(f"{path}?{encoded}{real}")
        if signed_in:
            # What was posted before may have signed out.
            visitor.wears(town.session(uuid4().hex[:20]))
        body = f"csrf_token={quote(token)}{real}&{encoded}"
        headers = {"Accept-Language": "en", "Referer": f"{ISSUER}/"}
        return visitor.client.post(path, base_url=ISSUER, data=body, content_type=content_type, headers=headers)

    return call


def check(response: TestResponse, told: str) -> None:
    assert response.status_code < 500, told
    location = response.headers.get("Location", "")
    assert (urlsplit(location).netloc == "" and not location.startswith(("//", "/\\"))) or location.startswith(
        CALLBACK
    ), told
    assert "stolen" not in str(response.headers.getlist("Set-Cookie")), told
    assert "<script>alert" not in response.text and "49}" not in response.text, told


@pytest.mark.parametrize("turn", range(len(READABLE)))
def test_whatever_is_typed_the_answer_is_plain(visit: Any, turn: int):
    """Each field gets each value in one of the turns; in every other turn the portal's request is a real one."""
    values = [*READABLE.values()]
    fields = [field for field in FIELDS if turn % 2 or field != "tx"]
    encoded = "&".join(f"{field}={quote(values[(turn + at) % len(values)])}" for at, field in enumerate(fields))
    for method, path in rules():
        check(visit(method, path.format(quote(values[turn], safe="")), encoded), f"{method} {path}")


@pytest.mark.parametrize("value", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cant_be_read_is_a_400_that_says_so(visit: Any, value: str):
    for method, path in rules():
        response = visit(method, path.format("x"), f"anything={value}")

        assert response.status_code == 400, f"{method} {path}"
        assert re.search(r"UTF-8|NUL character", text(response)), f"{method} {path}"


@pytest.mark.parametrize("value", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_address_that_cant_be_read_is_not_there(visit: Any, value: str):
    for method, path in rules():
        if "{}" in path:
            # 400: the page of a request that waits says in words that this one doesn't.
            assert visit(method, path.format(value), "").status_code in (303, 400, 404), f"{method} {path}"


def test_too_many_fields_and_too_long_ones_are_refused(visit: Any):
    many = "&".join(f"p{number}=1" for number in range(300))
    for method, path in rules():
        assert visit(method, path.format("x"), many).status_code == 400, f"{method} {path}"
        if method == "POST":
            assert visit(method, path.format("x"), "p=" + "x" * 70_000).status_code == 413, path


PROTOCOL = ("/authorize", "/end_session")


def test_a_field_that_comes_twice_is_refused_by_name(visit: Any):
    for method, path in rules():
        if path not in PROTOCOL:
            response = visit(method, path.format("x"), "tx=a&tx=b")
            assert response.status_code == 400 and "tx is given more than once" in text(response), f"{method} {path}"


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", "x", ""])
def test_a_body_of_another_kind_is_refused(visit: Any, content_type: str):
    for method, path in rules():
        if method == "POST":
            response = visit(method, path.format("x"), "login=a", content_type)
            assert response.status_code == 400 and f"the body must be {FORM}" in text(response), path


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_another_method_is_refused_with_those_that_are_allowed(town: City, method: str):
    visitor = Visitor(town.flows)
    for _, path in rules():
        response = visitor.client.open(path.format("x"), base_url=ISSUER, method=method)
        assert (response.status_code == 405 and "HEAD" in response.headers["Allow"]) or "POST" in response.headers[
            "Allow"
        ]


def test_a_form_without_our_token_is_refused_wherever_it_goes(town: City):
    visitor = Visitor(town.flows)
    for method, path in rules():
        if method == "POST" and path not in PROTOCOL:
            visitor.wears(town.session(uuid4().hex[:20]))
            assert visitor.post(path.format("x"), {"login": "x"}).status_code == 400, path


def test_hostile_cookies_are_nobodys(town: City):
    hostile = ("%FF", '"\\377\\000"', "a" * 7000, "é=;;;", "eyJ4IjoxfQ.x.y")
    names = ("session", "browser", "registration", "recovery", "language")
    for value in hostile:
        cookie = "; ".join(f"{prefix}city-{name}={value}" for name in names for prefix in ("", "__Host-"))
        visitor = Visitor(town.flows)
        for method, path in rules():
            response = visitor.client.open(path.format("x"), base_url=ISSUER, method=method, headers={"Cookie": cookie})
            assert response.status_code < 500, f"{method} {path} {value}"
            assert not path.startswith("/me") or response.status_code in (303, 400), path


def test_the_request_itself_may_be_as_hostile(town: City):
    """The pages above sent it no portal; here the portal and its address are right and all else isn't."""
    visitor = Visitor(town.flows).wears(town.session(uuid4().hex[:20]))
    for value in READABLE.values():
        for name in (
            "scope",
            "state",
            "nonce",
            "prompt",
            "max_age",
            "claims",
            "id_token_hint",
            "acr_values",
            "resource",
        ):
            pairs = "&".join(f"{key}={quote(sent)}" for key, sent in asking(**{name: value}))
            check(visitor.get(f"/authorize?{pairs}"), f"{name}={value}")
