"""What is measured: each operation is made ready with the stores at hand, and then is nothing but bytes to send."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from urllib.parse import urlencode
from uuid import uuid4

from bench.server.line import Answer, Line, request
from tests.city import CALLBACK, VERIFIER, City
from tests.visitor import PASSWORD, asking

_HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
Act = Callable[[Line], None]
#: Returns what one client does again and again; what it needs of the city is made meanwhile.
Make = Callable[[City], Act]


def _good(answer: Answer, status: int = 200) -> Answer:
    assert answer.status == status, (answer.head, answer.body[:500])
    return answer


def _post(path: str, form: Mapping[str, str], pair: str) -> bytes:
    basic = b64encode(pair.encode()).decode()
    return request("POST", path, urlencode(form).encode(), Authorization=f"Basic {basic}")


def _pair(city: City, client_id: str) -> str:
    return f"{client_id}:{city.secrets[client_id]}"


def _always(sent: bytes) -> Act:
    def act(line: Line) -> None:
        _good(line.ask(sent))

    return act


def bare(_: City) -> Act:
    return _always(request("GET", "/"))


def discovery(_: City) -> Act:
    return _always(request("GET", "/.well-known/openid-configuration"))


def jwks(_: City) -> Act:
    return _always(request("GET", "/jwks"))


def client_credentials(city: City) -> Act:
    return _always(_post("/token", {"grant_type": "client_credentials"}, _pair(city, "service")))


def _tokens(city: City, client_id: str) -> dict[str, str]:
    """Return what a person's grant gives to this client."""
    answer = city.exchange(city.code(city.grant(client_id)), client_id)
    assert answer.status == 200, answer.body
    tokens: dict[str, str] = answer.json
    return tokens


def introspection(city: City) -> Act:
    token = _tokens(city, "parking")["access_token"]
    sent = _post("/introspect", {"token": token}, _pair(city, "parking"))

    def act(line: Line) -> None:
        assert _good(line.ask(sent)).body.startswith(b'{"active":true')

    return act


def userinfo(city: City) -> Act:
    token = _tokens(city, "parking")["access_token"]
    return _always(request("GET", "/userinfo", Authorization=f"Bearer {token}"))


def refresh_es256(city: City) -> Act:
    return _refreshing(city, "modern")


def refresh_rs256(city: City) -> Act:
    return _refreshing(city, "parking")


def _refreshing(city: City, client_id: str) -> Act:
    token, pair = _tokens(city, client_id)["refresh_token"], _pair(city, client_id)

    def act(line: Line) -> None:
        nonlocal token
        answer = _good(line.ask(_post("/token", {"grant_type": "refresh_token", "refresh_token": token}, pair)))
        token = json.loads(answer.body)["refresh_token"]

    return act


class Browser:
    """Keeps cookies, and reads no more of a page than the hidden fields of its form."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.cookies: dict[str, str] = {}

    def go(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        answer = self.line.ask(request(method, path, urlencode(form or {}).encode(), **headers))
        for cookie in answer.header(b"set-cookie"):
            name, _, value = cookie.split(b";")[0].decode().partition("=")
            self.cookies[name] = value
        return answer

    def hidden(self, path: str) -> dict[str, str]:
        page = _good(self.go("GET", path)).body.decode()
        return dict(_HIDDEN.findall(page.rpartition('<form action="/sign-in"')[2]))


def _leads(answer: Answer) -> str:
    return _good(answer, 303).header(b"location")[0].decode()


def _resident(city: City) -> dict[str, str]:
    """Return what somebody types who nobody else is."""
    person = uuid4().hex
    city.person(person, password_hash=city.flows.hasher.make(PASSWORD))
    return {"login": f"{person}@example.ru", "password": PASSWORD}


def login(city: City) -> Act:
    """Fresh cookies: authorize, the page, the password, back with a code, the tokens; consent isn't asked for."""
    typed, pair = _resident(city), _pair(city, "parking")
    start = "/authorize?" + urlencode(asking("parking", scope="openid profile email"))

    def act(line: Line) -> None:
        browser = Browser(line)
        hidden = browser.hidden(_leads(browser.go("GET", start)))
        resumed = browser.go("GET", _leads(browser.go("POST", "/sign-in", {**hidden, **typed})))
        code = _leads(resumed).partition("code=")[2].partition("&")[0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        _good(line.ask(_post("/token", form, pair)))

    return act


def sign_in(city: City) -> Act:
    """The password alone, again and again; whoever comes while too many wait is asked to come back."""
    typed = _resident(city)
    browser: Browser | None = None
    hidden: dict[str, str] = {}

    def act(line: Line) -> None:
        nonlocal browser, hidden
        if browser is None:
            browser = Browser(line)
            hidden = browser.hidden("/sign-in")
        answer = browser.go("POST", "/sign-in", {**hidden, **typed})
        assert answer.status in (303, 503), (answer.head, answer.body[:500])

    return act
