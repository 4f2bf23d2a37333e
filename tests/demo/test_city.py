"""Where the city stands, who belongs to it, and that both languages say everything."""

import dataclasses
import os
import re
import socket
from pathlib import Path

import pytest

from demo import look
from demo.cast import PORTALS, documents
from demo.place import DisputedPlace, Place, Spot
from demo.settle import people
from demo.start import configuration, forget
from demo.words import WORDS
from idp.accounts.contacts import parse_email, parse_phone
from idp.accounts.password import require
from idp.clients.metadata import judge
from idp.kernel.settings import Passwords, load
from tests.servers import free_port


@pytest.mark.parametrize(
    ("host", "issuer", "listen"),
    [
        ("localhost", "http://localhost:8000", "127.0.0.1"),
        ("127.0.0.1", "http://127.0.0.1:8000", "127.0.0.1"),
        ("::1", "http://[::1]:8000", "::1"),
        ("City.Test", "http://city.test:8000", "0.0.0.0"),
        ("10.1.2.3", "http://10.1.2.3:8000", "0.0.0.0"),
        ("город.рф", "http://xn--c1ac3aaj.xn--p1ai:8000", "0.0.0.0"),
    ],
)
def test_any_host_name_works_and_only_loopback_stays_on_loopback(host, issuer, listen, tmp_path):
    place = Place.of(host, 8000, tmp_path)
    assert (place.issuer, place.listen) == (issuer, listen)


@pytest.mark.parametrize(("host", "port"), [("http://city.test", 8000), ("a b", 8000), ("localhost", 0), ("x", 65_535)])
def test_what_is_no_place_is_told(host, port, tmp_path):
    with pytest.raises(DisputedPlace):
        Place.of(host, port, tmp_path)


def test_a_taken_port_is_named(tmp_path):
    port = free_port()
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", port + Spot.AVTOKOD))
        somebody.listen()
        with pytest.raises(DisputedPlace, match=str(port + Spot.AVTOKOD)) as told:
            Place.of("localhost", port, tmp_path).require_free_ports()
    other = int(str(told.value).rpartition("PORT=")[2])
    assert other != port
    Place.of("localhost", other, tmp_path).require_free_ports()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DisputedPlace, match="DATA="):
        Place.of("localhost", 8000, tmp_path / "file").hold()


def test_two_cities_do_not_share_a_folder(tmp_path):
    place = Place.of("localhost", 8000, tmp_path)
    with place.hold(), pytest.raises(DisputedPlace):
        place.hold()


def test_the_callers_own_settings_win(tmp_path, monkeypatch):
    monkeypatch.setenv("IDP__LIMITS__SIGN_IN_TRIES", "3")
    monkeypatch.setenv("IDP__SERVER__WORKERS", "1")
    place = Place.of("city.test", 9000, tmp_path)
    place.settings.parent.mkdir()
    place.settings.write_text(configuration(place), encoding="utf-8")
    settings = load(place.settings, os.environ)
    assert (settings.limits.sign_in_tries, settings.server.workers) == (3, 1)
    assert (settings.issuer, settings.server.listen) == ("http://city.test:9000", "0.0.0.0:9000")
    assert settings.server.demo
    assert "127.0.0.0/8" in settings.outgoing.internal_networks


def test_a_fresh_start_forgets_only_what_a_run_writes(tmp_path):
    place = Place.of("localhost", 8000, tmp_path)
    place.folder.mkdir()
    for name in ("idp.db", "idp.db-wal", "state.db", "mine.txt", "demo/secrets.json"):
        (tmp_path / name).write_text("x")
    forget(place)
    assert {path.name for path in tmp_path.iterdir()} == {"mine.txt", "demo"}
    assert not list(place.folder.iterdir())


@pytest.mark.parametrize("client_id", sorted(documents(Place.of("localhost", 8000, Path()))))
def test_the_provider_takes_every_registration(client_id):
    document = documents(Place.of("city.test", 8000, Path()))[client_id]
    if document["token_endpoint_auth_method"] == "private_key_jwt":
        document["jwks"] = {"keys": [_public_key()]}
    assert judge(client_id, document, _offered()).client_name == WORDS["ru"](f"{client_id}.name")


def test_the_portals_prove_themselves_in_every_way():
    methods = {portal.auth_method for portal in PORTALS}
    assert methods == {"client_secret_basic", "client_secret_post", "private_key_jwt", "none"}
    assert [portal.page_acr for portal in PORTALS] == ["legal-entity", "standard", "full", ""]


@pytest.mark.parametrize("person", people(), ids=lambda person: person.name)
def test_everybody_could_have_registered_like_this(person):
    require(person.password, Passwords(), [person.given_name, person.family_name, person.login])
    assert parse_email(person.email) == person.email
    assert parse_phone(person.phone) == person.phone


def test_both_languages_say_the_same_things():
    russian, english = WORDS["ru"].texts, WORDS["en"].texts
    assert russian.keys() == english.keys()
    for code, text in russian.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[code])), code


def test_templates_name_only_words_that_exist():
    folder = Path(look.__file__).parent / "templates"
    named = {code for page in folder.iterdir() for code in re.findall(r't\("([a-z_.-]+[a-z_])"', page.read_text())}
    assert named
    assert named <= WORDS["ru"].texts.keys()


def _public_key():
    from demo.secrets import new_key, public_part

    return public_part(new_key())


def _offered():
    from idp.clients.offered import Offered

    return Offered(
        "http://city.test:8000",
        ("127.0.0.0/8",),
        frozenset({"openid", "profile", "email", "phone"}),
        ("simplified",),
        frozenset({"authorization_code", "refresh_token", "client_credentials"}),
        frozenset({"client_secret_basic", "client_secret_post", "private_key_jwt", "none"}),
        frozenset({"RS256", "ES256"}),
        frozenset({"ES256"}),
    )


def test_a_person_knows_what_to_type():
    resident = people()[0]
    assert resident.name == resident.login
    assert dataclasses.replace(resident, login="").name == resident.email
