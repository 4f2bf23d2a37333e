"""The administrators' API: a client's whole life, over the version that was seen, once a key."""

import json

import pytest

from idp.kernel.words import catalogues
from tests.city import City
from tests.endpoints.administrator import CLIENTS, DOCUMENT, Administrator, faults, problem


def journal(city: City) -> list[tuple[str, str, str]]:
    with city.flows.database.connection() as connection:
        rows = connection.exec_driver_sql("SELECT kind, actor, client_id FROM journal ORDER BY at, rowid").fetchall()
    return [tuple(row) for row in rows]


def test_a_client_is_registered_and_its_secret_works_and_is_shown_once(city, admin):
    answer = admin("POST", CLIENTS, {**DOCUMENT, "grant_types": ["authorization_code", "client_credentials"]})
    told = answer.json
    path = f"{CLIENTS}/{told['client_id']}"

    assert answer.status == 201
    assert answer.headers["location"] == f"https://id.test{path}"
    assert told["client_secret"] and told["client_secret_expires_at"] == 0
    assert told["client_id_issued_at"] == int(city.flows.now().timestamp())
    city.secrets[told["client_id"]] = told["client_secret"]
    assert city.token(told["client_id"], grant_type="client_credentials").status == 200
    again = admin("GET", path)
    assert again.json == {name: value for name, value in told.items() if not name.startswith("client_secret")}
    assert again.headers["etag"] == answer.headers["etag"]
    assert "no-store" in answer.headers["cache-control"]


def test_every_act_is_journalled_with_the_token_that_did_it(city, admin):
    admin.add()
    admin.change({"client_name": "Garage"})
    for act in ("secret", "disable", "enable"):
        assert admin("POST", f"{CLIENTS}/parking/{act}").status == 200
    assert admin("DELETE", f"{CLIENTS}/parking", if_match="*").status == 204

    token = city.flows.administration.tokens.all()[0]
    kinds = ("added", "changed", "secret_rotated", "disabled", "enabled", "removed")
    assert journal(city)[1:] == [(f"client.{kind}", f"admin-token:{token.id}", "parking") for kind in kinds]


def test_a_merge_patch_changes_what_it_names(admin):
    purposes = {"email": {"ru": "Чек", "en": "Receipt"}, "profile": {"ru": "Имя"}}
    admin.add(scope="openid email profile", scope_purposes=purposes, logo_uri="https://parking.test/logo.png")
    answer = admin.change({"logo_uri": None, "scope_purposes": {"profile": None, "email": {"en": "Bill"}}})

    assert answer.status == 200
    assert "logo_uri" not in answer.json and "client_secret" not in answer.json
    assert answer.json["scope_purposes"] == {"email": {"ru": "Чек", "en": "Bill"}}
    assert answer.json == admin.show().json
    assert faults(admin.change({"client_name": None})) == {("client_name", "client.name_missing")}
    assert faults(admin.change({"client_id": "other"})) == {("client_id", "client.id_fixed")}


def test_disable_enable_and_rotate_are_felt_at_the_token_endpoint(city, admin):
    service = {"grant_types": ["client_credentials"], "redirect_uris": [], "scope": "parking:read"}
    city.secrets["parking"] = admin.add(**service).json["client_secret"]

    def status() -> int:
        return city.token(grant_type="client_credentials").status

    assert status() == 200
    assert "disabled_at" in admin("POST", f"{CLIENTS}/parking/disable").json
    assert status() == 401
    assert "disabled_at" not in admin("POST", f"{CLIENTS}/parking/enable").json
    assert status() == 200
    secret = admin("POST", f"{CLIENTS}/parking/secret").json["client_secret"]
    assert status() == 401
    city.secrets["parking"] = secret
    assert status() == 200


def test_what_is_gone_is_gone(admin):
    admin.add()
    assert admin("DELETE", f"{CLIENTS}/parking", if_match=admin.show().headers["etag"]).status == 204

    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/secret"), ("POST", "/enable")):
        body = {} if method == "PATCH" else None
        assert problem(admin(method, f"{CLIENTS}/parking{path}", body, if_match="*")) == (404, "client.unknown")


def test_a_client_without_a_secret_has_none_to_rotate(admin):
    admin.add(token_endpoint_auth_method="none")

    assert problem(admin("POST", f"{CLIENTS}/parking/secret")) == (409, "client.has_no_secret")


# --- versions


def test_a_change_must_name_the_version_it_was_made_from(admin):
    first = admin.add().headers["etag"]
    second = admin.change({"client_name": "Garage"}, if_match=first).headers["etag"]

    assert first != second
    assert problem(admin.change({}, if_match=None)) == (428, "api.precondition_missing")
    assert problem(admin.change({}, if_match=first)) == (412, "api.precondition_failed")
    assert problem(admin("DELETE", f"{CLIENTS}/parking")) == (428, "api.precondition_missing")
    assert problem(admin("DELETE", f"{CLIENTS}/parking", if_match=first)) == (412, "api.precondition_failed")
    assert problem(admin("POST", f"{CLIENTS}/parking/disable", if_match=first)) == (412, "api.precondition_failed")
    assert admin.change({"client_name": "Car park"}, if_match=f'"other", {second}').status == 200
    assert admin.change({"client_name": "Park"}, if_match="*").status == 200


def test_a_change_between_reading_and_writing_is_noticed(city, admin, monkeypatch):
    tag = admin.add().headers["etag"]
    clients = city.flows.clients
    fresh, reads = type(clients).fresh, []

    def slow(self, client_id):
        found = fresh(self, client_id)
        reads.append(client_id)
        if len(reads) == 1:
            with city.flows.database.connection() as connection:
                connection.exec_driver_sql("UPDATE clients SET version = version + 1")
        return found

    monkeypatch.setattr(type(clients), "fresh", slow)
    assert problem(admin.change({"client_name": "Garage"}, if_match=tag)) == (412, "api.precondition_failed")


def test_one_of_the_same_name_registered_anew_has_another_tag(city, admin, clock):
    first = admin.add().headers["etag"]
    admin("DELETE", f"{CLIENTS}/parking", if_match=first)
    clock.move(seconds=1)

    assert admin.add().headers["etag"] != first


def test_a_known_version_is_not_sent_again(admin):
    tag = admin.add().headers["etag"]

    assert admin.show(if_none_match=tag).status == 304
    assert admin.show(if_none_match=f'W/"x", W/{tag}').status == 304
    assert admin.show(if_none_match='"x"').status == 200


# --- keys that make a request one


def test_a_repeated_request_is_answered_again_with_its_secret(city, admin):
    first, again = (admin("POST", CLIENTS, DOCUMENT, idempotency_key="k-1") for _ in range(2))

    assert (again.status, again.headers, again.json) == (201, first.headers, first.json)
    assert first.json["client_secret"]
    assert len(city.flows.clients.all()) == 1
    other = admin("POST", CLIENTS, {**DOCUMENT, "client_name": "Other"}, idempotency_key="k-1")
    assert problem(other) == (422, "api.idempotency_reused")
    assert problem(admin("POST", CLIENTS, DOCUMENT, idempotency_key="")) == (400, "api.idempotency_malformed")


def test_a_repeated_rotation_rotates_once_even_with_the_version_of_the_first(city, admin):
    tag = admin.add().headers["etag"]

    def rotate() -> dict[str, str]:
        return admin("POST", f"{CLIENTS}/parking/secret", idempotency_key="r", if_match=tag).json

    assert rotate()["client_secret"] == rotate()["client_secret"]
    assert [kind for kind, _, _ in journal(city)].count("client.secret_rotated") == 1


def test_whoever_holds_another_token_has_keys_of_their_own(city, admin):
    other = Administrator.of(city)
    ids = {who("POST", CLIENTS, DOCUMENT, idempotency_key="k").json["client_id"] for who in (admin, other)}

    assert len(ids) == 2


# --- bodies


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", "not an object"),
        (b"17", "not an object"),
        (b'{"client_name": "a", "client_name": "b"}', "twice"),
        (b'{"jwks": {"keys": [], "keys": []}}', "twice"),
        (b'{"client_name": "\xff"}', ""),
        (b'{"client_name": "\\ud800"}', ""),
        (b'{"default_max_age": NaN}', ""),
        (b'{"default_max_age": 1e999}', ""),
        (b'{"jwks": {"keys": [9007199254740992]}}', "too large"),
        (b'{"default_max_age": ' + b"9" * 5000 + b"}", ""),
        (b'{"jwks": ' + b'{"a":' * 30 + b"1" + b"}" * 31, "deeper"),
        (b'{"jwks": ' + b"[" * 900 + b"]" * 900 + b"}", "deeper"),
        (b'{"jwks": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", ""),
        (b"\xef\xbb\xbf{}", ""),
    ],
)
def test_a_body_that_is_no_sound_object_is_refused(admin, body, reason):
    answer = admin("POST", CLIENTS, body)

    assert problem(answer) == (400, "api.not_json")
    assert reason in answer.json["detail"]


def test_a_body_of_another_type_is_refused_with_the_right_one(admin):
    admin.add()
    posted = admin("POST", CLIENTS, b"client_name=x", content_type="application/x-www-form-urlencoded")
    patched = admin.change({}, content_type="application/json")

    assert problem(posted) == problem(patched) == (415, "api.media_type")
    assert posted.headers["accept-post"] == "application/json"
    assert patched.headers["accept-patch"] == "application/merge-patch+json"
    assert (
        admin("POST", CLIENTS, {**DOCUMENT, "client_id": "two"}, content_type="Application/JSON; charset=utf-8").status
        == 201
    )


def test_a_body_where_none_belongs_is_refused(admin):
    admin.add()

    assert problem(admin("POST", f"{CLIENTS}/parking/disable", {"reason": "x"})) == (400, "api.malformed")
    assert admin("POST", f"{CLIENTS}/parking/disable", {}).status == 200


def test_every_fault_of_a_document_comes_at_once_with_its_reason(city, admin):
    admin.add("taken", resource_uris=["https://api.test/"])
    answer = admin(
        "POST",
        CLIENTS,
        {
            "client_id": "taken",
            "redirect_uris": ["https://*.test/", "http://parking.test/"],
            "resource_uris": ["https://api.test/"],
            "colour": "red",
            "client_secret": "chosen",
        },
    )

    assert problem(answer) == (422, "client.faulty")
    assert faults(answer) == {
        ("client_id", "client.id_taken"),
        ("client_name", "client.name_missing"),
        ("redirect_uris", "client.wildcard"),
        ("redirect_uris", "client.https_needed"),
        ("resource_uris", "client.resource_taken"),
        ("colour", "client.unknown_member"),
        ("client_secret", "client.secret_is_made_here"),
    }
    assert "\\u00a0" not in json.dumps(answer.json)


def test_words_come_in_russian_where_asked(admin):
    answer = admin("POST", CLIENTS, {}, accept_language="ru-RU,ru;q=0.9,en;q=0.8")

    assert answer.headers["content-language"] == "ru"
    assert answer.json["errors"][0]["reason"] == catalogues()["ru"].plain("client.name_missing").replace("\u00a0", " ")
