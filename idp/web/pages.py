"""Pages: templates with the words of the person's language, and the strict headers each answer carries."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask import Response, g, make_response, render_template, request
from markupsafe import Markup

from idp.kernel.words import NO_BREAK, Words, catalogues
from idp.web import browser

MOSCOW = ZoneInfo("Europe/Moscow")


@cache
def icon() -> str:
    """The mark within the page: the first page of all shall need no more than four requests."""
    drawn = files("idp.web").joinpath("static", "mark.svg").read_text(encoding="utf-8").strip()
    return "data:image/svg+xml," + quote(drawn, safe="/:= '")


def words() -> Words:
    return catalogues()[browser.locale()]


def render(template: str, status: int = 200, form_action: Iterable[str] = (), **context: Any) -> Response:
    """Return a page. ``form_action`` names origins besides ours that a form may lead to by redirect (CSP)."""
    return render_in(browser.locale(), template, status, form_action, **context)


def render_in(locale: str, template: str, status: int, form_action: Iterable[str], **context: Any) -> Response:
    chosen = catalogues()[locale]
    g.form_action = tuple(form_action)
    page = render_template(
        template,
        t=chosen,
        many=chosen.many,
        locale=locale,
        session=browser.session(),
        account=browser.account(),
        settings=browser.flows().settings,
        moment=lambda at: moment(at, locale),
        day=lambda at: day(at, locale),
        clock=lambda at: clock(at, locale),
        seconds=lambda number: format_decimal(number, "0.00", locale=locale),
        icon=icon(),
        here=request.full_path.rstrip("?"),
        unread=_unread,
        **context,
    )
    response = make_response(page, status)
    response.headers["Content-Language"] = locale
    return response


def _unread() -> int:
    person = browser.account()
    return browser.flows().notices.unread(person.id) if person else 0


def moment(at: datetime, locale: str) -> Markup:
    """Return ``14 ноября 2026, 10:42`` in Moscow time, as a ``time`` element."""
    local = at.astimezone(MOSCOW)
    pattern = "d MMMM y, HH:mm"
    return _time(local, format_datetime(local, pattern, locale=locale))


def day(at: Any, locale: str) -> str:
    local = at.astimezone(MOSCOW) if isinstance(at, datetime) else at
    return format_date(local, "d MMMM y", locale=locale).replace(" ", NO_BREAK)


def clock(at: datetime, locale: str) -> str:
    return format_time(at.astimezone(MOSCOW), "HH:mm", locale=locale)


def _time(local: datetime, text: str) -> Markup:
    shown = text.replace(" ", NO_BREAK)
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="minutes"), shown)


def security_headers(response: Response) -> Response:
    """No script or style but our own files, no frames, no foreign hosts; nothing personal is cached."""
    form_action = " ".join(("'self'", *g.get("form_action", ())))
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"manifest-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if browser.flows().settings.secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
