"""The resource server: who is told what, and the step up that it asks for (RFC 9470)."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import WWWAuthenticate

from demo.place import Place
from demo.portals.provider import Provider
from demo.records import RecordsSite
from demo.secrets import Credentials
from tests.demo.fake_provider import ISSUER, FakeProvider

HOME = "http://city.test:8005"


class Kept:
    def read(self) -> dict[str, Credentials]:
        return {"permit-records": Credentials("secret")}


@pytest.fixture
def fake() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def web(fake: FakeProvider, tmp_path: Path) -> Iterator[FlaskClient]:
    place = Place.of("city.test", 8000, tmp_path)
    yield RecordsSite(place, Provider(ISSUER, fake.web()), Kept()).app().test_client()


def mine(web: FlaskClient, fake: FakeProvider, **told: Any) -> Any:
    """Ask for one's own records with a token of which the provider tells this."""
    fake.tokens = lambda _form: (200, {"active": True, "aud": HOME, "auth_time": time.time(), **told})
    return web.get("/mine", base_url=HOME, headers={"Authorization": "Bearer t"})


@pytest.mark.parametrize("acr", ["standard", "full"])
def test_a_sure_and_fresh_sign_in_is_told_its_permit(web, fake, acr):
    answer = mine(web, fake, acr=acr)

    assert answer.status_code == 200 and answer.json["acr"] == acr and len(answer.json["permits"]) == 1


@pytest.mark.parametrize("told", [{"acr": "simplified"}, {}, {"acr": "standard", "auth_time": time.time() - 3700}])
def test_anything_less_is_told_what_it_lacks(web, fake, told):
    answer = mine(web, fake, **told)

    challenge = WWWAuthenticate.from_header(answer.headers["WWW-Authenticate"])
    assert answer.status_code == 401 and challenge is not None and challenge.type == "bearer"
    assert challenge.parameters == {
        "error": "insufficient_user_authentication",
        "acr_values": "standard",
        "max_age": "3600",
    }


@pytest.mark.parametrize("told", [{"active": False}, {"acr": "standard", "aud": "http://elsewhere.test"}])
def test_a_token_that_is_dead_or_for_another_is_no_good(web, fake, told):
    answer = mine(web, fake, **told)

    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_without_a_token_there_is_no_error_to_name(web):
    assert web.get("/mine", base_url=HOME).headers["WWW-Authenticate"] == "Bearer"
