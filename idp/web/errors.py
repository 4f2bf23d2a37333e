"""The error page: what happened, that data is safe, what to do, and a code to quote that the log holds too."""

import logging

from flask import Response, g

from idp.clients.client import Client
from idp.kernel.logs import request_id
from idp.web import browser
from idp.web.pages import render

logger = logging.getLogger(__name__)


def error_page(kind: str, status: int, detail: str = "", portal: Client | None = None) -> Response:
    """Answer with the words under ``error.<kind>``; ``detail`` is for a developer, ``portal`` the way back."""
    case = request_id()
    logger.warning("error page %s: %s", kind, status)
    g.pop("form_action", None)
    return render("error.html", status, kind=kind, detail=detail, case=case, portal=portal, now=browser.flows().now())
