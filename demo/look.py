"""What all sites of the city share: the visual language's files, the language switch, strict headers, ``t``."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, redirect, request, send_from_directory
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from demo.words import LOCALES, WORDS, Words

_HERE = Path(__file__).resolve().parent
#: The provider's style sheets and mark, then what only the demo needs.
_STATIC = (_HERE.parent / "idp" / "web" / "static", _HERE / "static")
_MOSCOW = ZoneInfo("Europe/Moscow")


def site(name: str, cookie: str, form_action: str = "") -> Flask:
    """Return a Flask application with the city's look. ``cookie`` names its language cookie: sites share the host."""
    app = Flask(name, static_folder=None, template_folder=str(_HERE / "templates"))
    app.config["MAX_CONTENT_LENGTH"] = 262_144
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.add_url_rule("/static/<path:file>", "static", _static)
    app.add_url_rule("/language", "language", _language(cookie))
    app.before_request(lambda: _choose(cookie))
    app.after_request(lambda response: _headers(response, form_action))
    app.context_processor(lambda: {"t": words(), "locale": words().locale, "moment": moment, "here": here()})
    return app


def words() -> Words:
    """Return the words of the language that this visitor reads."""
    found: Words = g.words
    return found


def here() -> str:
    return request.full_path.rstrip("?")


def own_path(path: str) -> str:
    """Return the path if it leads to this very site, otherwise the front page's."""
    sound = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and len(path) < 500
    return path if sound else "/"


def moment(seconds: float) -> str:
    """Return a time as people of the city read it, in the page's language."""
    at = datetime.fromtimestamp(seconds, UTC).astimezone(_MOSCOW)
    months = words()("months").split()
    if words().locale == "ru":
        return f"{at.day}\u00a0{months[at.month - 1]} {at.year}, {at:%H:%M:%S}"
    return f"{months[at.month - 1]}\u00a0{at.day}, {at.year}, {at:%H:%M:%S}"


def _choose(cookie: str) -> None:
    chosen = request.cookies.get(cookie, "")
    g.words = WORDS[chosen if chosen in LOCALES else request.accept_languages.best_match(LOCALES) or "ru"]


def _language(cookie: str) -> Callable[[], AnyResponse]:
    def language() -> AnyResponse:
        response = redirect(own_path(request.args.get("back", "/")), 303)
        if request.args.get("to") in LOCALES:
            response.set_cookie(cookie, request.args["to"], max_age=31_536_000, httponly=True, samesite="Lax")
        return response

    return language


def _static(file: str) -> Response:
    for folder in _STATIC:
        if (folder / file).is_file():
            return send_from_directory(folder, file, max_age=3600)
    raise NotFound


def _headers(response: Response, form_action: str) -> Response:
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {form_action}"
    )
    response.headers.setdefault("Content-Security-Policy", policy.strip())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
