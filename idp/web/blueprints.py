"""The list of pages: every blueprint of the people's door, and the views that the protocol lets other sites post to."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from idp.web import static_pages

BLUEPRINTS: tuple[Blueprint, ...] = (static_pages.pages,)

#: The protocol's own cross-site POSTs (OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2); everything else is protected.
CSRF_EXEMPT: tuple[Callable[..., Any], ...] = ()
