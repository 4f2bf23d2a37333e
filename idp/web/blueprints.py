"""The list of pages: every blueprint of the people's door, and the views that the protocol lets other sites post to."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from idp.web import (
    authorize,
    consent,
    contact_check,
    end_session,
    first_admin,
    me,
    me_contacts,
    me_leaving,
    me_level,
    me_security,
    me_sessions,
    me_sharing,
    me_snils,
    recovery,
    sign_in,
    sign_up,
    static_pages,
    step_up,
)

#: Modules that add their pages to the blueprint of ``me``.
_CABINET = (me_leaving, me_level, me_security, me_sessions, me_sharing, me_snils)

BLUEPRINTS: tuple[Blueprint, ...] = (
    static_pages.pages,
    authorize.pages,
    consent.pages,
    step_up.pages,
    end_session.pages,
    sign_in.pages,
    contact_check.pages,
    sign_up.pages,
    recovery.pages,
    me.pages,
    me_contacts.links,
    first_admin.pages,
)

#: The protocol's own cross-site POSTs (OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2); all else is protected.
CSRF_EXEMPT: tuple[Callable[..., Any], ...] = (authorize.authorize_by_post, end_session.end_session)
