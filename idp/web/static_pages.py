"""Pages that only say something: help, data protection, accessibility, the agreement; the language switch; the root."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, request

from idp.kernel.words import LOCALES
from idp.web import browser
from idp.web.pages import render

pages = Blueprint("pages", __name__)


@pages.get("/")
def root() -> Response:
    return _to("/me" if browser.account() else "/sign-in")


@pages.get("/help")
def help_page() -> Response:
    return render("help.html")


@pages.get("/privacy")
def privacy() -> Response:
    return render("privacy.html")


@pages.get("/accessibility")
def accessibility() -> Response:
    return render("accessibility.html")


@pages.get("/agreement")
def agreement() -> Response:
    return render("agreement.html")


@pages.get("/language")
def language() -> Response:
    """Keep the chosen language and go back to the page; only paths of our own are gone back to."""
    chosen = request.args.get("to", "")
    if chosen not in LOCALES:
        abort(404)
    response = _to(own_path(request.args.get("back", "/")))
    response.set_cookie(
        "city-language",
        chosen,
        max_age=31_536_000,
        secure=browser.flows().settings.secure,
        samesite="Lax",
        httponly=True,
    )
    return response


@pages.get("/favicon.ico")
def favicon() -> Response:
    return _to("/static/mark.svg")


def own_path(path: str) -> str:
    """Return the path if it is one of ours (no host, no scheme, no control characters), else the root."""
    parts = urlsplit(path)
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if plain and not parts.scheme and not parts.netloc else "/"


def _to(path: str) -> Response:
    return redirect(path, 303)  # type: ignore[return-value]
