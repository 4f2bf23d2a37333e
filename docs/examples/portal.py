"""A complete small portal: sign-in, the access level, a page that needs more, back-channel logout, sign-out.

    pip install Flask Authlib requests
    ISSUER=http://localhost:8000 CLIENT_ID=… CLIENT_SECRET=… SECRET_KEY=… PORTAL=http://localhost:5000 \
        flask --app portal run --port 5000

The provider must know the client with these addresses: redirect URI ``/callback``, post-logout redirect URI
``/signed-out``, back-channel logout URI ``/backchannel-logout``, initiate-login URI ``/sign-in``.
"""

import json
import os
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import wraps
from typing import Any

import requests
import step_up
from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, Response, redirect, render_template_string, request, session
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from werkzeug.wrappers import Response as AnyResponse

ISSUER = os.environ["ISSUER"]
CLIENT_ID = os.environ["CLIENT_ID"]
PORTAL = os.environ["PORTAL"]  # our own public address, without a slash at the end
API = os.environ.get("API", "")  # a server of others that we call, see step_up.py
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["SECRET_KEY"],
    SESSION_COOKIE_NAME="portal",
    SESSION_COOKIE_SAMESITE="Lax",
    SESSION_COOKIE_SECURE=PORTAL.startswith("https"),
)
city = OAuth(app).register(
    "city",
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_id=CLIENT_ID,
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "default_timeout": 5},
)


# Who is signed in stands on our side, where a logout token can end it; the cookie holds only the visit's random name.


def database() -> sqlite3.Connection:
    connection = sqlite3.connect(os.environ.get("DATABASE", "portal.db"), isolation_level=None)
    connection.execute("CREATE TABLE IF NOT EXISTS visit (id PRIMARY KEY, sub, sid, document)")
    connection.execute("CREATE TABLE IF NOT EXISTS told (jti PRIMARY KEY, at)")
    return connection


def visit() -> dict[str, Any] | None:
    """Return who is signed in in this browser: the claims of the ID token, the name, and the ID token itself."""
    with closing(database()) as db:
        found = db.execute("SELECT document FROM visit WHERE id = ?", (session.get("visit"),)).fetchone()
    return json.loads(found[0]) if found else None


def begin_visit(claims: dict[str, Any], name: str, token: dict[str, Any]) -> None:
    end_visit()
    session["visit"] = secrets.token_urlsafe(32)
    kept = {"id_token": token["id_token"], "refresh_token": token.get("refresh_token")}
    document = json.dumps({"claims": claims, "name": name, **kept})
    with closing(database()) as db:
        row = (session["visit"], claims["sub"], claims["sid"], document)
        db.execute("INSERT INTO visit VALUES (?, ?, ?, ?)", row)


def renew_visit(person: dict[str, Any]) -> None:
    with closing(database()) as db:
        db.execute("UPDATE visit SET document = ? WHERE id = ?", (json.dumps(person), session["visit"]))


def end_visit() -> None:
    with closing(database()) as db:
        db.execute("DELETE FROM visit WHERE id = ?", (session.pop("visit", None),))


# Sign-in


@app.get("/sign-in")
def sign_in() -> AnyResponse:
    return ask_to_sign_in("/")


def ask_to_sign_in(back_to: str, level: str = "", wishes: dict[str, str] | None = None) -> AnyResponse:
    """Send the browser to the provider. A level asked as an essential claim is binding: that one, or an error."""
    wishes = dict(wishes or {})
    if level:
        wishes["claims"] = json.dumps({"id_token": {"acr": {"essential": True, "value": level}}})
    asked = city.create_authorization_url(f"{PORTAL}/callback", **wishes)
    # Kept under the random ``state``, so that two tabs don't mix up what they asked.
    city.save_authorize_data(redirect_uri=f"{PORTAL}/callback", back_to=back_to, level=level, **asked)
    return redirect(asked["url"])


@app.get("/callback")
def callback() -> AnyResponse | tuple[str, int]:
    if request.args.get("iss") != ISSUER:  # RFC 9207: the answer must be our provider's
        return page("The answer came from another provider."), 400
    asked = city.framework.get_state_data(session, request.args.get("state"))
    if asked is None:
        return page("This browser has not asked to sign in, or its question was answered before."), 400
    try:
        # PKCE, signature, times, nonce and at_hash are looked at by Authlib; we say whose token it must be.
        token = city.authorize_access_token(
            claims_options={
                "iss": {"essential": True, "value": ISSUER},
                "aud": {"essential": True, "value": CLIENT_ID},
            }
        )
    except OAuthError as error:
        return page(WORDS.get(error.error, f"The sign-in failed: {error.error}.")), 403
    except JoseError as error:
        return page(f"The sign-in failed: the ID token is no good ({error.error})."), 403
    claims = token["userinfo"]
    if asked["level"] and claims["acr"] != asked["level"]:
        return page("The provider answered another level than we asked for."), 403
    known = city.userinfo(token=token)
    if known["sub"] != claims["sub"]:
        return page("UserInfo speaks of somebody else."), 403
    begin_visit(dict(claims), known["name"], token)
    return redirect(asked["back_to"])


# The access level


def needs(level: str) -> Callable[[Callable[[], str]], Callable[[], AnyResponse | str]]:
    """Let in whoever signed in with this level; send everybody else to the provider to reach it."""

    def guard(view: Callable[[], str]) -> Callable[[], AnyResponse | str]:
        @wraps(view)
        def guarded() -> AnyResponse | str:
            person = visit()
            if person is None or not step_up.enough(person["claims"], level):
                return ask_to_sign_in(request.path, level)
            return view()

        return guarded

    return guard


@app.get("/")
def front() -> str:
    return page("Welcome.")


@app.get("/news")
@needs("simplified")
def news() -> str:
    return page("News for everybody who has signed in.")


@app.get("/permit")
@needs("standard")
def permit() -> str:
    return page("Your parking permit.")


# A server of others that needs a level (RFC 9470): it says what it lacks, we ask for that, and call again


@app.get("/records")
def records() -> AnyResponse | str:
    person = visit()
    if person is None:
        return ask_to_sign_in("/records")
    try:
        token = city.fetch_access_token(grant_type="refresh_token", refresh_token=person["refresh_token"], resource=API)
    except OAuthError:  # signed out, or what was asked with this sign-in isn't given any more
        return ask_to_sign_in("/records")
    renew_visit({**person, "refresh_token": token["refresh_token"]})
    answer = requests.get(f"{API}/permits", headers={"Authorization": f"Bearer {token['access_token']}"}, timeout=5)
    more = step_up.wishes(answer.headers.get("WWW-Authenticate", ""))
    if more is not None:
        return ask_to_sign_in("/records", wishes=more)
    return page("Your permits: " + ", ".join(answer.json()["permits"]))


# Sign-out: ours, and the provider's


@app.post("/sign-out")
def sign_out() -> AnyResponse:
    """End the visit here, then lead to the provider, which ends its session and tells every other portal."""
    person = visit()
    end_visit()
    if person is None:
        return redirect("/")
    return city.logout_redirect(f"{PORTAL}/signed-out", id_token_hint=person["id_token"])


@app.get("/signed-out")
def signed_out() -> AnyResponse | str:
    try:
        city.validate_logout_response()
    except OAuthError:
        return redirect("/")
    return page("You have signed out.")


@app.post("/backchannel-logout")
def backchannel_logout() -> Response:
    """The provider says that a session has ended (OpenID Connect Back-Channel Logout 1.0, 2.6)."""
    try:
        told = logout_claims(request.form.get("logout_token", ""))
    except (JoseError, ValueError) as error:
        return Response(str(error), 400, {"Cache-Control": "no-store"}, content_type="text/plain")
    with closing(database()) as db:
        if told.get("sid"):
            db.execute("DELETE FROM visit WHERE sid = ?", (told["sid"],))
        else:
            db.execute("DELETE FROM visit WHERE sub = ?", (told["sub"],))
    return Response("", 200, {"Cache-Control": "no-store"})


def logout_claims(logout_token: str) -> dict[str, Any]:
    """Return the claims of a logout token that is the provider's, for us, fresh, and new."""
    try:
        token = jwt.decode(logout_token, KeySet.import_key_set(city.fetch_jwk_set()), algorithms=["RS256"])
    except InvalidKeyIdError:  # the provider has changed its key since we last asked
        token = jwt.decode(logout_token, KeySet.import_key_set(city.fetch_jwk_set(force=True)), algorithms=["RS256"])
    claims = token.claims
    if token.header.get("typ") != "logout+jwt" or LOGOUT_EVENT not in claims.get("events", {}) or "nonce" in claims:
        raise ValueError("not a logout token")
    jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": CLIENT_ID},
        iat={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
    ).validate(claims)
    if not (claims.get("sid") or claims.get("sub")):
        raise ValueError("nobody is named")
    with closing(database()) as db:
        db.execute("DELETE FROM told WHERE at < ?", (time.time() - 86_400,))
        if not db.execute("INSERT OR IGNORE INTO told VALUES (?, ?)", (claims["jti"], time.time())).rowcount:
            raise ValueError("told before")
    return claims


# Pages

WORDS = {
    "access_denied": "You went back without signing in.",
    "unmet_authentication_requirements": "This page needs a higher access level than you hold.",
}
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>A small portal</title>
<p>{{ message }}
{% if person %}
<p>{{ person.name }}, access level {{ person.claims.acr }}, signed in by {{ person.claims.amr | join(" ") }}.
<form method="post" action="/sign-out"><button>Sign out</button></form>
{% else %}
<p><a href="{{ url_for('sign_in') }}">Sign in</a>
{% endif %}
<p><a href="{{ url_for('news') }}">News</a> <a href="{{ url_for('permit') }}">Parking permit</a>
"""


def page(message: str) -> str:
    return render_template_string(PAGE, message=message, person=visit())
