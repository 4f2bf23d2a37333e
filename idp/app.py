"""The people's door: a Flask application of pages, with CSRF protection, strict headers and kind error pages."""

import logging

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from idp.endpoints.dialect import ROUTE
from idp.kernel.refusal import Unavailable
from idp.protocol.requests import MalformedRequest
from idp.web import browser
from idp.web.blueprints import BLUEPRINTS, CSRF_EXEMPT
from idp.web.errors import error_page
from idp.web.pages import render, security_headers
from idp.web.reading import read_strictly
from idp.wiring import Flows

logger = logging.getLogger(__name__)
#: Which page answers a status; its words stand under ``error.<kind>``.
KINDS = {
    400: "malformed",
    404: "not_found",
    405: "not_allowed",
    413: "too_large",
    429: "too_many",
    500: "failed",
    503: "unavailable",
}


def create_app(flows: Flows) -> Flask:
    """Return the WSGI application of the people's door; templates are compiled on first use and kept."""
    settings = flows.settings
    app = Flask("idp.web", static_url_path="/static")
    app.extensions["people"] = flows.people
    app.config.update(
        SECRET_KEY=flows.keys.secret("csrf"),
        SESSION_COOKIE_NAME="__Host-city-browser" if settings.secure else "city-browser",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.server.max_body_bytes,
        MAX_FORM_PARTS=settings.limits.form_parameters,
        MAX_FORM_MEMORY_SIZE=settings.server.max_body_bytes,
        SEND_FILE_MAX_AGE_DEFAULT=86_400,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        TEMPLATES_AUTO_RELOAD=False,
    )
    # Two slashes are another address, not one to be led away from by the host that the request names.
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    # First of all: even the form's token is looked for in what was read strictly.
    app.before_request(read_strictly)
    protect = CSRFProtect(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for view in CSRF_EXEMPT:
        protect.exempt(view)
    app.before_request(_no_zero)
    app.after_request(security_headers)
    app.after_request(_note_route)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(MalformedRequest, _malformed)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(Exception, _failed)
    return app


def _note_route(response: Response) -> Response:
    if request.url_rule is not None:
        request.environ[ROUTE] = request.url_rule.rule
    return response


def _no_zero() -> None:
    """PostgreSQL takes no NUL in a text, and no address of ours has one."""
    if "\0" in request.path:
        raise MalformedRequest("the address holds a zero byte")


def _stale_form(error: CSRFError) -> Response:
    """The page stood open too long, or another site sent the form: show a way to start over."""
    return render("stale_form.html", 400, back=request.full_path.rstrip("?"))


def _malformed(error: MalformedRequest) -> Response:
    return error_page("malformed", 400, detail=str(error))


def _http_error(error: HTTPException) -> Response:
    code = error.code or 500
    if code in (301, 302, 303, 304, 307, 308):
        return error.get_response()  # type: ignore[return-value]
    response = error_page(KINDS.get(code, "malformed" if code < 500 else "failed"), code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unavailable(error: Unavailable) -> Response:
    """A store doesn't answer: ask for a minute, on a page that needs no store itself."""
    logger.warning("%s %s: %s", request.method, request.url_rule, error)
    browser.leave()
    response = error_page(KINDS[503], 503)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _failed(error: Exception) -> Response:
    logger.exception("a page failed")
    return error_page("failed", 500)
