"""What we know of the browser in front of us: its session, its language, its address. Read once a request."""

from datetime import timedelta
from typing import cast

from flask import Response, current_app, g, request
from flask import session as kept

from idp.accounts.account import Account
from idp.accounts.session import Session
from idp.flows.login.finish import Started
from idp.flows.people import People
from idp.kernel.ids import digest, new_secret
from idp.kernel.words import LOCALES

_TOUCH_EVERY = timedelta(minutes=1)
#: Marks in User-Agent, the more special first, and the names people know.
_BROWSERS = (
    ("YaBrowser", "Yandex"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("OPR", "Opera"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def flows() -> People:
    """Return everything that a page may call."""
    return cast("People", current_app.extensions["people"])


def cookie_name(name: str) -> str:
    """``__Host-`` belongs to https; the declared demo mode over http goes without (and only it)."""
    return f"__Host-{name}" if flows().settings.secure else name


def session() -> Session | None:
    """Return the live session of this browser, or None."""
    if "session" not in g:
        g.session = _load()
    return cast("Session | None", g.session)


def account() -> Account | None:
    """Return the account that is signed in here, or None."""
    if "account" not in g:
        present = session()
        found = flows().accounts.get(present.account_id) if present else None
        g.account = found if found is not None and found.closed_at is None else None
    return cast("Account | None", g.account)


def _load() -> Session | None:
    secret = request.cookies.get(cookie_name("city-session"))
    if not secret or len(secret) > 100:
        return None
    found = flows().sessions.by_secret(digest(secret))
    at = flows().now()
    if found is None or not found.is_live(at):
        return None
    if at - found.seen_at > _TOUCH_EVERY:
        flows().sessions.touch(found.id, at)
    return found


def mark() -> str:
    """Return the digest of this browser's mark, or nothing while nobody is signed in. It ends with the browser: what
    waits for a level is answered only where it was asked."""
    if "mark" not in kept:
        if account() is None:
            return ""
        kept["mark"] = new_secret()
    return digest(str(kept["mark"]))


def remember(response: Response, started: Started) -> Response:
    """Give the browser its session. The cookie ends with the browser; how long it counts, the server knows."""
    set_cookie(response, "city-session", started.secret)
    g.session = started.session
    g.pop("account", None)
    return response


def leave() -> None:
    """The session of this request has ended: what is rendered now is for nobody."""
    g.session = None
    g.account = None


def forget(response: Response) -> Response:
    response.delete_cookie(
        cookie_name("city-session"), path="/", secure=flows().settings.secure, httponly=True, samesite="Lax"
    )
    g.session = None
    g.pop("account", None)
    return response


def set_cookie(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie of ours: Lax, HttpOnly, whole site, Secure unless in the declared demo mode."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=seconds,
        path="/",
        secure=flows().settings.secure,
        httponly=True,
        samesite="Lax",
    )


def cookie(name: str) -> str:
    value = request.cookies.get(cookie_name(name), "")
    return value if len(value) <= 200 else ""


def locale() -> str:
    """The person's choice, else what the portal asked (``ui_locales``, put in ``g`` by its page), else the browser's,
    else Russian (53-FZ: Russian first)."""
    chosen = request.cookies.get("city-language")
    if chosen in LOCALES:
        return chosen
    for wanted in g.get("ui_locales", ()):
        if wanted.partition("-")[0] in LOCALES:
            return str(wanted.partition("-")[0])
    return request.accept_languages.best_match(LOCALES) or "ru"


def address() -> str:
    return request.remote_addr or ""


def agent() -> str:
    """Return the browser in words a person knows: ``Firefox, Windows``; at most 60 characters."""
    text = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in text), "")
    system = next((name for mark, name in _SYSTEMS if mark in text), "")
    return ", ".join(part for part in (browser, system) if part)
