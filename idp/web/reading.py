"""What a browser sends, read strictly and once: a form in UTF-8 or nothing, no field twice. Pages find it in order."""

from flask import abort, g, request
from werkzeug.exceptions import HTTPException

from idp.protocol.requests import FORM, Form, MalformedRequest, parse
from idp.web import browser

#: The protocol's own endpoints say themselves what of theirs came twice: to the portal, where that may be told.
_JUDGE_THEMSELVES = frozenset({"authorize.authorize", "authorize.authorize_by_post", "end_session.end_session"})


def read_strictly() -> None:
    """Run before every page; raise ``MalformedRequest`` for what can't be read.

    Left to themselves, frameworks replace what isn't UTF-8 and pass a NUL on, which PostgreSQL takes in no text.
    """
    if "\0" in request.path:
        abort(404)
    most = browser.flows().settings.limits.form_parameters
    query, body = parse(request.query_string, most), parse(_body(), most)
    if request.endpoint not in _JUDGE_THEMSELVES:
        for form in (query, body):
            form.require_once()
    g.parameters = body if request.method == "POST" else query


def parameters() -> Form:
    """Return what the protocol reads: the query of a GET, the body of a POST."""
    sent: Form = g.parameters
    return sent


def _body() -> bytes:
    try:
        body = request.get_data()
    except HTTPException:
        raise
    except Exception as error:
        # Each server has exceptions of its own for a body that ends early or is framed wrongly.
        raise MalformedRequest("the body can't be read") from error
    if body and request.mimetype != FORM:
        raise MalformedRequest(f"the body must be {FORM}")
    return body
