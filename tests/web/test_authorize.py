"""The authorization request and its answer through the whole callable (certification 1.1, 1.2, section 2)."""

import re
from urllib.parse import urlencode

import pytest

from idp.flows.admin.clients import DisableClient
from tests.city import CALLBACK, City
from tests.visitor import ISSUER, Visitor, answer, asking, is_page, posted, text

LONG_STATE = "s" * 128


def test_a_person_signs_in_once_and_every_portal_gets_its_answer(visitor: Visitor, town: City):
    waiting = visitor.authorize(state=LONG_STATE)
    assert is_page(waiting, "/sign-in")

    first = answer(visitor.sign_in(waiting))
    second = answer(visitor.authorize("library"))

    assert first.keys() == second.keys() == {"code", "state", "iss"}
    assert (first["state"], first["iss"]) == (LONG_STATE, ISSUER)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first["code"])
    tokens = town.exchange(first["code"]).json
    assert town.claims(tokens["id_token"])["nonce"] == "n-1"
    assert town.claims(tokens["id_token"])["acr"] == "simplified"


def test_a_code_flow_without_nonce_and_state_gets_neither(anna: Visitor, town: City):
    answered = answer(anna.authorize(nonce=None, state=None))

    assert answered.keys() == {"code", "iss"}
    assert "nonce" not in town.claims(town.exchange(answered["code"]).json["id_token"])


@pytest.mark.parametrize(
    "extra",
    [
        {"extra": "foobar"},
        {"display": "page"},
        {"display": "popup"},
        {"login_hint": "anna@example.ru"},
        {"ui_locales": "se"},
        {"claims_locales": "se"},
        {"acr_values": "1 2"},
        {"scope": "email openid profile unknown:scope"},
        {"nonce": "n" * 64},
        {"prompt": ""},
        {"audience": "x" * 3000},
    ],
)
def test_what_we_need_not_know_is_passed_over(anna: Visitor, extra):
    assert "code" in answer(anna.authorize(**extra))


def test_the_order_of_parameters_means_nothing(anna: Visitor):
    assert "code" in answer(anna.get(f"/authorize?{urlencode(asking()[::-1])}"))


FAULTS = [
    ({"response_type": None}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "id_token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
    ({"request_uri": "https://rp.test/r"}, "request_uri_not_supported"),
    ({"registration": "{}"}, "registration_not_supported"),
    ({"response_mode": "jwt"}, "invalid_request"),
    ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"scope": "nothing we:know"}, "invalid_scope"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "anything"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"max_age": "soon"}, "invalid_request"),
    ({"max_age": "1" * 30}, "invalid_request"),
    ({"nonce": "n" * 1025}, "invalid_request"),
    ({"resource": "https://foreign.test"}, "invalid_target"),
    ({"id_token_hint": "not.a.token"}, "invalid_request"),
    ({"claims": "{"}, "invalid_request"),
    ({"claims": "[]"}, "invalid_request"),
    ({"claims": '{"userinfo": []}'}, "invalid_request"),
    ({"claims": '{"userinfo": [1]}'}, "invalid_request"),
    ({"claims": '{"id_token": "acr"}'}, "invalid_request"),
    ({"claims": '{"userinfo": {"name": "yes"}}'}, "invalid_request"),
    ({"claims": '{"id_token": {"acr": {"values": "full"}}}'}, "invalid_request"),
    ({"claims": '{"id_token": {"acr": {"value": 1}}}'}, "invalid_request"),
    ({"claims": '{"id_token": {"sub": {"value": 1}}}'}, "invalid_request"),
    ({"claims": '{"id_token": {"sub": {"value": "a"}}, "userinfo": {"sub": {"value": "b"}}}'}, "invalid_request"),
    ({"claims": '{"userinfo": {"name": {"value": "\\u0000"}}}'}, "invalid_request"),
    ({"claims": '{"userinfo": {"name": {"value": "\\ud800"}}}'}, "invalid_request"),
    ({"claims": '{"a":' * 3000}, "invalid_request"),
    ({"claims": '{"x": "' + "y" * 20_000 + '"}'}, "invalid_request"),
]


@pytest.mark.parametrize(("changes", "error"), FAULTS)
def test_faults_go_to_the_portal_with_state_and_issuer_and_no_code(anna: Visitor, changes, error):
    answered = answer(anna.authorize(state=LONG_STATE, **changes))

    assert (answered["error"], answered["state"], answered["iss"]) == (error, LONG_STATE, ISSUER)
    assert answered.keys() <= {"error", "error_description", "state", "iss"}
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*", answered["error_description"])


@pytest.mark.parametrize("name", ["scope", "nonce", "prompt", "ui_locales", "code_challenge", "unknown"])
def test_a_parameter_that_comes_twice_is_refused_by_name(anna: Visitor, name):
    pairs = [*asking(), (name, "openid"), (name, "openid")]

    answered = answer(anna.get(f"/authorize?{urlencode(pairs)}"))

    assert answered["error"] == "invalid_request" and name in answered["error_description"]
    assert answered["state"] == "s-1"


@pytest.mark.parametrize(
    ("changes", "heading"),
    [
        ({"client_id": None}, "We don't know this service"),
        ({"client_id": "nobody"}, "We don't know this service"),
        ({"redirect_uri": None}, "We couldn't take you back"),
        ({"redirect_uri": "https://evil.test/cb"}, "We couldn't take you back"),
        ({"redirect_uri": CALLBACK + "?added=1"}, "We couldn't take you back"),
        ({"redirect_uri": CALLBACK + "/more"}, "We couldn't take you back"),
        ({"redirect_uri": CALLBACK.upper()}, "We couldn't take you back"),
        ({"redirect_uri": "https://parking.test@evil.test/callback"}, "We couldn't take you back"),
        ({"redirect_uri": CALLBACK, "response_mode": "form_post", "client_id": "nobody"}, "We don't know this service"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_is_redirected_to_an_unregistered_address(anna: Visitor, changes, heading, method):
    request = asking(**{"response_type": "nonsense", **changes})
    page = anna.get(f"/authorize?{urlencode(request)}") if method == "GET" else anna.post("/authorize", request)

    assert page.status_code == 400 and "Location" not in page.headers
    assert heading in text(page) and re.search(r"\b[A-Z2-9]{3}-[A-Z2-9]{3}\b", text(page))
    assert '="https://evil.test' not in page.text and "evil.test" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_two_clients_or_two_addresses_are_a_page(anna: Visitor, name):
    page = anna.get(f"/authorize?{urlencode([*asking(), (name, 'other')])}")

    assert page.status_code == 400 and name in text(page)


@pytest.mark.parametrize(
    "query",
    ["client_id=%ff", "client_id=parking&state=%c3%28", "a=%00", "&".join(f"p{n}=1" for n in range(300))],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_cant_be_read_is_a_plain_400(visitor: Visitor, query, method):
    if method == "GET":
        page = visitor.get(f"/authorize?{query}")
    else:
        page = visitor.client.post(
            "/authorize", base_url=ISSUER, data=query, content_type="application/x-www-form-urlencoded"
        )

    assert page.status_code == 400 and re.search(r"parameters?", page.text)


def test_an_oversized_body_is_refused(visitor: Visitor):
    assert visitor.post("/authorize", [*asking(), ("extra", "x" * 70_000)]).status_code == 413


def test_a_disabled_client_is_unknown(anna: Visitor, town: City):
    DisableClient(town.flows.registry)("parking")

    assert anna.authorize().status_code == 400


def test_a_portal_without_the_code_grant_may_not_ask(anna: Visitor, town: City):
    town.client("legacy", pkce_required=False, first_party=True)
    unpinned = {"code_challenge": None, "code_challenge_method": None}

    assert "code" in answer(anna.authorize("legacy", **unpinned))


def test_the_redirect_uris_own_query_is_kept(anna: Visitor, town: City):
    town.client("query", redirect_uris=["https://query.test/cb?dummy1=lorem&dummy2=ipsum"], first_party=True)

    response = anna.authorize("query", redirect_uri="https://query.test/cb?dummy1=lorem&dummy2=ipsum")

    assert response.headers["Location"].startswith("https://query.test/cb?dummy1=lorem&dummy2=ipsum&code=")
    missing = anna.authorize("query", redirect_uri="https://query.test/cb")
    changed = anna.authorize("query", redirect_uri="https://query.test/cb?dummy1=ipsum&dummy2=lorem")
    assert missing.status_code == changed.status_code == 400


def test_a_native_loopback_redirect_goes_to_any_port(anna: Visitor, town: City):
    town.client(
        "tool",
        redirect_uris=["http://127.0.0.1/cb"],
        application_type="native",
        token_endpoint_auth_method="none",
        grant_types=["authorization_code"],
        scope="openid",
        first_party=True,
    )

    response = anna.authorize("tool", redirect_uri="http://127.0.0.1:53111/cb")

    assert "code" in answer(response, "http://127.0.0.1:53111/cb?")
    assert anna.authorize("tool", redirect_uri="http://localhost:53111/cb").status_code == 400


def test_the_fragment_carries_answers_and_errors_alike(anna: Visitor):
    good, bad = anna.authorize(response_mode="fragment"), anna.authorize(response_mode="fragment", prompt="x")

    for response in (good, bad):
        assert response.headers["Location"].startswith(f"{CALLBACK}#") and "?" not in response.headers["Location"]
    assert "code" in answer(good) and answer(bad)["error"] == "invalid_request"


def test_form_post_carries_answers_and_errors_alike(anna: Visitor):
    wild = "\"><script>alert('&amp;')</script>ё"

    good = anna.authorize(response_mode="form_post", state=wild)
    bad = anna.authorize(response_mode="form_post", state=wild, response_type="token")

    assert posted(good).keys() == {"code", "state", "iss"} and posted(good)["state"] == wild
    assert posted(bad)["error"] == "unsupported_response_type" and posted(bad)["state"] == wild
    assert posted(bad)["iss"] == ISSUER
    for page in (good, bad):
        assert "Location" not in page.headers and "<script>" not in page.text
        assert "form-action 'self' https://parking.test;" in page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        assert re.search(r"<button[^>]*type=\"submit\"", page.text)


def test_a_posted_request_is_taken_up_again_with_the_cookies_that_the_browser_held_back(anna: Visitor):
    posted_by_stranger = anna.another().post("/authorize", asking(state=LONG_STATE), Referer="https://rp.test/")
    assert is_page(posted_by_stranger, "/authorize/resume")

    answered = answer(anna.follow(posted_by_stranger))

    assert "code" in answered and answered["state"] == LONG_STATE


def test_answers_are_neither_cached_nor_told_to_the_portals_neighbours(anna: Visitor):
    response = anna.authorize()

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_pages_of_a_request_let_their_forms_end_up_at_the_portal(visitor: Visitor):
    page = visitor.follow(visitor.authorize())

    assert "form-action 'self' https://parking.test;" in page.headers["Content-Security-Policy"]


def _encoded() -> str:
    return urlencode(asking())
