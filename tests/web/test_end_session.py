"""Signing out at a portal's request and from our own pages (certification 1.8 and section 2.10)."""

import base64
import json
import re
from typing import Any

import pytest

from idp.keys.folder import Folder
from idp.keys.key_ring import KeyRing
from tests.city import City
from tests.visitor import ISSUER, Visitor, answer, forms, is_page, text

BACK = "https://parking.test/signed-out"
PING = "https://parking.test/backchannel"
STATE = "s" * 128


@pytest.fixture
def town(town: City) -> City:
    told = {"post_logout_redirect_uris": [BACK], "backchannel_logout_uri": PING}
    town.client("garage", client_name="Garage", client_uri="https://garage.test/", first_party=True, **told)
    return town


@pytest.fixture
def hint(anna: Visitor, town: City, portals: Any) -> str:
    return str(town.exchange(answer(anna.authorize("garage"))["code"], "garage").json["id_token"])


def leave(visitor: Visitor, **parameters: str) -> Any:
    return visitor.client.get(
        "/end_session", base_url=ISSUER, query_string=parameters, headers={"Accept-Language": "en"}
    )


def is_signed_in(visitor: Visitor) -> bool:
    return "code" in answer(visitor.authorize(prompt="none"))


def asks(page: Any) -> bool:
    return page.status_code == 200 and "Location" not in page.headers and "Sign out of all" in text(page)


def test_a_good_request_signs_out_and_leads_back_with_the_state_and_nothing_else(anna: Visitor, hint):
    response = leave(anna, id_token_hint=hint, post_logout_redirect_uri=BACK, state=STATE)

    assert response.status_code == 303 and response.headers["Location"] == f"{BACK}?state={STATE}"
    assert not is_signed_in(anna)


def test_without_state_it_leads_back_without_one(anna: Visitor, hint):
    response = leave(anna, id_token_hint=hint, post_logout_redirect_uri=BACK, client_id="garage")

    assert response.headers["Location"] == BACK and not is_signed_in(anna)


def test_an_ended_hint_is_accepted(anna: Visitor, town: City, hint, clock):
    for _ in range(4):
        clock.move(minutes=25)
        anna.authorize()
    assert town.claims(hint)["exp"] < clock().timestamp()

    assert leave(anna, id_token_hint=hint, post_logout_redirect_uri=BACK).headers["Location"] == BACK


def unsigned(hint: str) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{head}.{hint.split('.')[1]}."


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(unsigned, id="alg none"),
        pytest.param(lambda hint: hint[:-8] + "AAAAAAAA", id="signature"),
        pytest.param(lambda hint: "x", id="no token"),
    ],
)
def test_a_forged_hint_leads_nowhere(anna: Visitor, hint, forged):
    assert asks(leave(anna, id_token_hint=forged(hint), post_logout_redirect_uri=BACK, state=STATE))
    assert is_signed_in(anna)


def test_a_foreign_keys_hint_leads_nowhere(anna: Visitor, town: City, hint, tmp_path):
    foreign = KeyRing(Folder(tmp_path / "foreign"), town.flows.settings.keys, town.flows.now)
    foreign.prepare()
    kid = json.loads(base64.urlsafe_b64decode(hint.split(".")[0] + "=="))["kid"]
    forged = foreign.signer("RS256").sign({"typ": "JWT", "kid": kid}, town.claims(hint))

    assert asks(leave(anna, id_token_hint=forged, post_logout_redirect_uri=BACK))


@pytest.mark.parametrize(
    "changes",
    [
        {"post_logout_redirect_uri": "https://evil.test/"},
        {"post_logout_redirect_uri": f"{BACK}?foo=bar"},
        {"post_logout_redirect_uri": BACK.upper()},
        {"client_id": "parking"},
    ],
)
def test_only_a_registered_address_of_the_hints_own_portal_is_led_to(anna: Visitor, hint, changes):
    response = leave(anna, **{"id_token_hint": hint, "post_logout_redirect_uri": BACK, "state": STATE, **changes})

    assert response.status_code == 200 and "Location" not in response.headers
    assert "evil.test" not in response.headers["Content-Security-Policy"]


def test_an_access_token_is_no_hint(anna: Visitor, town: City, hint):
    token = town.exchange(answer(anna.authorize("garage"))["code"], "garage").json["access_token"]

    assert asks(leave(anna, id_token_hint=token, post_logout_redirect_uri=BACK))


def test_an_address_without_a_hint_is_not_led_to(anna: Visitor, hint):
    page = leave(anna, post_logout_redirect_uri=BACK, client_id="garage", state=STATE)
    assert asks(page)

    done = anna.press(page)

    assert done.status_code == 200 and "You are signed out" in text(done) and not is_signed_in(anna)


@pytest.mark.parametrize("parameters", [{}, {"state": STATE}])
def test_without_a_hint_the_person_is_asked_then_signed_out_and_stays_with_us(anna: Visitor, hint, parameters):
    page = leave(anna, **parameters)
    assert asks(page) and is_signed_in(anna)

    done = anna.press(page)

    assert done.status_code == 200 and "You are signed out" in text(done) and not is_signed_in(anna)


def test_a_hint_alone_signs_out_and_lists_every_portal(anna: Visitor, portals, town: City, hint):
    town.client("far", client_name="Far", backchannel_logout_uri="https://far.test/bc", first_party=True)
    answer(anna.authorize("far"))
    answer(anna.authorize("library"))
    portals.answers["https://far.test/bc"] = OSError("down")

    page = leave(anna, id_token_hint=hint)

    assert page.status_code == 200 and not is_signed_in(anna)
    assert "Garage signed out" in text(page) and 'href="https://garage.test/"' in page.text
    assert "Far didn't answer; we will try again" in text(page)
    assert "Library the service ends its session when it next asks us" in text(page)


def test_a_genuine_hint_of_another_session_asks_and_then_leads_back(anna: Visitor, town: City, hint):
    town.session("elsewhere")
    other = anna.another().wears("elsewhere")

    page = leave(other, id_token_hint=hint, post_logout_redirect_uri=BACK, state="a b&c")
    assert asks(page) and "form-action 'self' https://parking.test;" in page.headers["Content-Security-Policy"]
    done = other.press(page)

    assert done.status_code == 303 and done.headers["Location"] == f"{BACK}?state=a+b%26c"
    assert not is_signed_in(other) and is_signed_in(anna)


def test_what_the_question_passes_on_is_judged_anew(anna: Visitor, hint):
    page = leave(anna, client_id="garage")

    done = anna.post("/sign-out", {**forms(page)[-1]["fields"], "post_logout_redirect_uri": "https://evil.test/"})

    assert done.status_code == 200 and "Location" not in done.headers


def test_a_posted_request_is_repeated_with_the_cookies_that_the_browser_held_back(anna: Visitor, hint):
    sent = {"id_token_hint": hint, "post_logout_redirect_uri": BACK, "state": "ё&="}
    repeated = anna.another().post("/end_session", sent, Referer="https://parking.test/")
    assert is_page(repeated, "/end_session")

    assert anna.follow(repeated).headers["Location"] == f"{BACK}?state=%D1%91%26%3D"


def test_a_posted_request_too_long_to_be_repeated_is_refused(anna: Visitor):
    assert anna.another().post("/end_session", {"state": "x" * 9000}).status_code == 400


def test_a_second_press_finds_nobody(anna: Visitor, hint):
    assert leave(anna, id_token_hint=hint, post_logout_redirect_uri=BACK).status_code == 303

    again = leave(anna, id_token_hint=hint, post_logout_redirect_uri=BACK)
    assert again.headers["Location"] == BACK
    assert "Nobody is signed in" in text(leave(anna))


@pytest.mark.parametrize("query", ["state=%ff", "state=a&state=b", "id_token_hint=a&id_token_hint=b"])
def test_what_cant_be_read_is_a_plain_400(anna: Visitor, query):
    assert anna.get(f"/end_session?{query}").status_code == 400
    assert is_signed_in(anna)


def test_another_sites_form_cant_sign_out(anna: Visitor):
    assert anna.post("/sign-out").status_code == 400 and is_signed_in(anna)


def test_each_portal_of_the_session_gets_one_good_logout_token_and_nothing_else(
    anna: Visitor, town: City, portals, hint
):
    told = town.claims(hint)
    answer(anna.authorize("garage"))

    leave(anna, id_token_hint=hint)

    [(address, form)] = portals.posted
    assert address == PING and form.keys() == {"logout_token"}
    token = town.claims(form["logout_token"], "logout+jwt")
    assert (token["sub"], token["sid"], token["aud"], token["iss"]) == (told["sub"], told["sid"], "garage", ISSUER)
    assert token["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in token and re.fullmatch(r"\S{16,}", token["jti"])


def test_tokens_end_with_the_session_but_for_offline_access(anna: Visitor, town: City, hint):
    bound = town.exchange(answer(anna.authorize("garage"))["code"], "garage").json
    offline = answer(anna.authorize("garage", scope="openid offline_access"))
    lasting = town.exchange(offline["code"], "garage").json

    leave(anna, id_token_hint=hint)

    assert town.userinfo(bound["access_token"]).status == 401
    assert town.refresh(lasting["refresh_token"], "garage").status == 200
