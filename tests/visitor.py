"""A browser for tests of the people's door: cookies, links and forms, over a worker's callable or over HTTP."""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from werkzeug.test import Client, TestResponse

from idp.app import create_app
from idp.endpoints.router import Router
from idp.endpoints.routes import routes
from idp.protocol.pkce import challenge_of
from idp.wiring import Flows
from tests.city import CALLBACK, PERSON, VERIFIER

ISSUER = "https://id.test"
PASSWORD = "сирень-42-во-дворе"
#: What a test looks at, whoever brought it.
Page = TestResponse | httpx.Response


class Browser:
    """Follows nothing by itself: every redirect is looked at, or followed by name."""

    def get(self, address: str, **headers: str) -> Any:
        raise NotImplementedError

    def post(self, path: str, form: Any = (), **headers: str) -> Any:
        raise NotImplementedError

    def press(self, page: Any, **typed: str) -> Any:
        """Send the page's last form with its hidden fields and what is typed."""
        form = forms(page)[-1]
        return self.post(form["action"], {**form["fields"], **typed})

    def authorize(self, client_id: str = "parking", **parameters: Any) -> Any:
        return self.get(f"/authorize?{urlencode(asking(client_id, **parameters))}")

    def sign_in(self, page: Any, login: str = f"{PERSON}@example.ru") -> Any:
        """Sign in on the page that a request leads to; return the answer after the request is taken up again."""
        shown = self.follow(page)
        answered = self.press(shown, login=login, password=PASSWORD)
        return self.follow(answered)

    def follow(self, response: Any) -> Any:
        """Go where a redirect within our own pages leads."""
        assert response.status_code == 303, response.text
        location = response.headers["Location"]
        assert location.startswith("/"), location
        return self.get(location)


class Visitor(Browser):
    """A browser at a worker's callable, without a network in between."""

    def __init__(self, flows: Flows, worker: Router | None = None) -> None:
        self.flows = flows
        limits = flows.settings.limits
        self.worker = worker or Router(
            routes(flows), create_app(flows).wsgi_app, limits.machine_body_bytes, limits.form_parameters
        )
        self.client = Client(self.worker)

    def another(self) -> "Visitor":
        """Another browser at the same worker."""
        return Visitor(self.flows, self.worker)

    def get(self, address: str, **headers: str) -> TestResponse:
        return self.client.get(address, base_url=ISSUER, headers={"Accept-Language": "en", **headers})

    def post(self, path: str, form: Any = (), **headers: str) -> TestResponse:
        pairs = list(form.items()) if isinstance(form, Mapping) else list(form)
        return self.client.post(
            path,
            base_url=ISSUER,
            data=urlencode(pairs),
            content_type="application/x-www-form-urlencoded",
            headers={"Accept-Language": "en", "Referer": f"{ISSUER}/", **headers},
        )

    def wears(self, session_id: str = "session") -> "Visitor":
        """Have the cookie of a session that the city fixture opened."""
        self.client.set_cookie("__Host-city-session", session_id, domain="id.test", secure=True)
        return self


def asking(client_id: str = "parking", **parameters: Any) -> list[tuple[str, str]]:
    """Return a good request with changes; None takes a parameter away."""
    sent = {
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "state": "s-1",
        "nonce": "n-1",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        **parameters,
    }
    return [(name, value) for name, value in sent.items() if value is not None]


def answer(response: Page, where: str = CALLBACK) -> dict[str, str]:
    """Return the parameters that a redirect carries to the portal; fail if it leads anywhere else."""
    assert response.status_code == 303, response.text
    location = response.headers["Location"]
    assert location.startswith(where), location
    parts = urlsplit(location)
    pairs = parse_qsl(parts.fragment or parts.query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def posted(response: Page) -> dict[str, str]:
    """Return the parameters that a form_post page sends to the portal."""
    assert response.status_code == 200
    [form] = [form for form in forms(response) if form["action"] == CALLBACK]
    return dict(form["fields"])


def is_page(response: Page, path: str) -> bool:
    """Tell whether a request waits for this page."""
    return response.status_code == 303 and urlsplit(response.headers["Location"]).path == path


def transaction(response: Page) -> str:
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))["tx"]


def forms(page: Page) -> list[dict[str, Any]]:
    reader = _Forms()
    reader.feed(page.text)
    return reader.found


def text(page: Page) -> str:
    """Return what the page says, on one line."""
    shown = html.unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", shown)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append({"action": named.get("action", ""), "fields": {}})
        elif tag == "input" and named.get("type") == "hidden" and self.found:
            self.found[-1]["fields"][named["name"]] = named.get("value", "")
