"""RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): whose request it is, and where it may lead."""

from dataclasses import dataclass

from idp.clients.client import Client
from idp.keys.key_ring import BadToken, KeyRing
from idp.protocol.requests import Form
from idp.protocol.response_modes import extended
from idp.store.clients import Clients


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """What a request to the end-session endpoint amounts to.

    ``sid`` is the session that a genuine ``id_token_hint`` names; ``return_to`` is empty unless the hint is genuine and
    the address registered, letter for letter. ``faulty`` tells that something was sent that can't be trusted.
    """

    client: Client | None = None
    sid: str = ""
    return_to: str = ""
    faulty: bool = False


@dataclass(frozen=True, slots=True)
class ReadLogoutRequest:
    clients: Clients
    keys: KeyRing
    issuer: str

    def __call__(self, form: Form) -> LogoutRequest:
        """Judge the parameters; nothing that can't be verified leads anywhere."""
        form.require_once()
        hint, return_to = form.one("id_token_hint"), form.one("post_logout_redirect_uri")
        client_id = form.one("client_id")
        if hint is None:
            named = self.clients.get(client_id) if client_id else None
            return LogoutRequest(client=named, faulty=return_to is not None)
        try:
            claims = self.keys.verify(hint)
        except BadToken:
            return LogoutRequest(faulty=True)
        # An ID token that has ended is a good hint (section 2); a token of another kind is none.
        audience = claims.get("aud")
        if claims.get("iss") != self.issuer or not isinstance(audience, str) or "events" in claims:
            return LogoutRequest(faulty=True)
        if client_id is not None and client_id != audience:
            return LogoutRequest(faulty=True)
        client = self.clients.get(audience)
        if client is None or client.disabled_at is not None:
            return LogoutRequest(faulty=True)
        sid = str(claims.get("sid", ""))
        if return_to is None:
            return LogoutRequest(client, sid)
        if return_to not in client.post_logout_redirect_uris:
            return LogoutRequest(client, sid, faulty=True)
        state = form.one("state")
        return LogoutRequest(client, sid, extended(return_to, [("state", state)]) if state else return_to)
