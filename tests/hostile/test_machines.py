"""The machines' door under hostile input, over HTTP and below it: a plain refusal with its status, never 5xx."""

import socket
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.city import CALLBACK, VERIFIER, City
from tests.provider import Provider, serving
from tests.visitor import ISSUER, Visitor, asking, forms

POSTED = ("/token", "/introspect", "/revoke", "/userinfo")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with serving(tmp_path_factory.mktemp("provider")) as running:
        yield running


def post(provider: Provider, path: str, body: bytes, *headers: tuple[bytes, bytes], kind: str = FORM) -> httpx.Response:
    """Post on a connection of its own: the server closes the one on which too much came."""
    sent = [(b"Content-Type", kind.encode()), *headers]
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.post(provider.address + path, content=body, headers=sent)


def refused(response: httpx.Response, *statuses: int) -> None:
    assert response.status_code in statuses, response.text
    assert response.headers["Content-Type"] == "application/json" and "Location" not in response.headers
    assert "no-store" in response.headers["Cache-Control"]
    assert response.json()["error"] and response.json()["error_description"]


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"token=%FF", 400),
        (b"\xff\xfe", 400),
        (b"token=a%00b", 400),
        (b"token=a&token=b", 400),
        (b"unknown=a&unknown=b", 400),
        (b"&".join(b"p%d=1" % number for number in range(1000)), 400),
        (b"token=" + b"x" * 70_000, 413),
    ],
    ids=["no UTF-8", "bytes", "NUL", "twice", "unknown twice", "many", "long"],
)
def test_a_body_that_cannot_be_taken(provider: Provider, path: str, body: bytes, status: int):
    refused(post(provider, path, body), status)


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "a/b/c;;"])
def test_a_body_of_another_kind(provider: Provider, path: str, kind: str):
    refused(post(provider, path, b"{}", kind=kind), 400)


@pytest.mark.parametrize("path", ["/token", "/introspect", "/revoke"])
@pytest.mark.parametrize(
    "value",
    [
        *(
            b"Basic",
            b"Basic !!!!",
            b"Basic Og==",
            b"basic eA==",
            b"Basic \xff\xfe",
            b"Basic //4=",
            b"Basic JUZGOiVGRg==",
        ),
        *(b"Basic " + b"QUJD" * 900, b"Bearer x", b"Digest username=x", b"\xe9", b"Basic eDp5 eDp5", b"Basic\teDp5"),
    ],
)
def test_a_broken_authorization_is_an_unknown_client(provider: Provider, path: str, value: bytes):
    response = post(provider, path, b"grant_type=x&token=x", (b"Authorization", value))

    refused(response, 401)
    assert response.json()["error"] == "invalid_client" and response.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("path", POSTED)
def test_an_authorization_that_comes_twice_opens_nothing(provider: Provider, path: str):
    secret = provider.city.client(f"twice-{path[1:]}").secret
    basic = provider.city.basic(f"twice-{path[1:]}", secret).encode()

    refused(post(provider, path, b"token=x", (b"Authorization", basic), (b"Authorization", basic)), 400, 401)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "FOO"])
@pytest.mark.parametrize("path", [*POSTED, "/jwks", "/.well-known/openid-configuration"])
def test_another_method(provider: Provider, path: str, method: str):
    response = httpx.request(method, provider.address + path, trust_env=False)

    refused(response, 405)
    assert response.headers["Allow"]


@pytest.mark.parametrize(
    "framed",
    [
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: five\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"Content-Length: 99999999999999999999\r\n\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
@pytest.mark.parametrize("path", [b"/token", b"/authorize", b"/sign-in"])
def test_a_body_framed_wrongly_is_the_senders_fault(provider: Provider, path: bytes, framed: bytes):
    where = urlsplit(provider.address)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as line:
        line.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Type: " + FORM.encode() + b"\r\n" + framed)
        assert line.recv(100).split()[1] in (b"400", b"413")


# --- Hypothesis

NAMES = st.sampled_from([name for name, _ in asking()] + ["prompt", "max_age", "claims", "response_mode", "resource"])
VALUES = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    [
        "code",
        "openid",
        "none",
        "login",
        "form_post",
        "fragment",
        "query",
        CALLBACK,
        "https://evil.test/",
        "parking",
        "1",
    ]
)
QUIET = settings(
    max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@QUIET
@given(
    changes=st.dictionaries(NAMES, VALUES | st.none(), max_size=4), more=st.lists(st.tuples(NAMES, VALUES), max_size=3)
)
def test_no_authorization_request_breaks_us_or_leads_elsewhere(town: City, changes, more):
    """If the browser is sent on, then to the registered address, with a code or an error, the state and ``iss``."""
    if town.flows.people.sessions.get("fuzzed") is None:
        town.session("fuzzed")
    changes = dict(changes)
    pairs = asking(changes.pop("client_id", "parking") or "", **changes) + more
    encoded = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    response = Visitor(town.flows).wears("fuzzed").get(f"/authorize?{encoded}")

    assert response.status_code in (200, 303, 400)
    location = response.headers.get("Location", "/")
    told: dict[str, str] = {}
    if not location.startswith("/") or location.startswith("//"):
        assert location.startswith((CALLBACK + "?", CALLBACK + "#"))
        told = dict(parse_qsl(urlsplit(location).query or urlsplit(location).fragment, keep_blank_values=True))
    elif response.status_code == 200:
        [form] = [form for form in forms(response) if form["action"] != "/sign-out"][-1:]
        assert form["action"] == CALLBACK
        told = form["fields"]
    if told:
        states = [value for name, value in pairs if name == "state" and value]
        assert ("code" in told) != ("error" in told) and told["iss"] == ISSUER
        assert len(states) != 1 or told["state"] == states[0] or response.status_code == 200


TOKEN_NAMES = st.sampled_from(
    [
        *("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "resource", "client_id"),
        *("client_secret", "client_assertion", "client_assertion_type"),
    ]
)
TOKEN_VALUES = VALUES | st.sampled_from(["authorization_code", "refresh_token", "client_credentials", VERIFIER])


@QUIET
@given(pairs=st.lists(st.tuples(TOKEN_NAMES, TOKEN_VALUES), max_size=8), proves=st.booleans())
def test_no_token_request_breaks_us(town: City, pairs, proves):
    headers = {"authorization": town.basic("parking")} if proves else {}
    answer = town.call("POST", "/token", pairs, **headers)

    assert answer.status in (400, 401) and answer.headers["cache-control"] == "no-store"
    assert answer.json.keys() <= {"error", "error_description"} and "error" in answer.json
