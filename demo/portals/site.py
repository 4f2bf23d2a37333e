"""A portal's pages: front, the page that needs more, sign-in and out, and the addresses the provider calls."""

import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from demo.cast import Portal
from demo.look import here, own_path, site, words
from demo.place import Place, Spot
from demo.portals.provider import Provider, Unreachable, web_client
from demo.portals.relying_party import Keeper, Refusal, RelyingParty, new_attempt
from demo.portals.tokens import Distrusted
from demo.portals.visits import Visit, Visits

RANKS = ("simplified", "standard", "full")
#: How long the answer to a silent question counts: nobody is signed in.
_SILENT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class PortalSite:
    portal: Portal
    place: Place
    party: RelyingParty
    visits: Visits

    def app(self) -> Flask:
        app = site(f"demo.{self.portal.client_id}", f"{self.portal.client_id}-language", self.place.issuer)
        app.before_request(self.at_home)
        for path, view, methods in (
            ("/", self.front, ["GET"]),
            ("/sign-in", self.sign_in, ["GET"]),
            ("/initiate", self.initiate, ["GET", "POST"]),
            ("/callback", self.callback, ["GET"]),
            ("/refresh", self.refresh, ["POST"]),
            ("/sign-out", self.sign_out, ["POST"]),
            ("/signed-out", self.signed_out, ["GET"]),
            ("/backchannel-logout", self.backchannel_logout, ["POST"]),
        ):
            app.add_url_rule(path, view.__name__, view, methods=methods)
        if self.portal.page:
            app.add_url_rule(self.portal.page, "guarded", self.guarded, methods=["GET"])
        if self.portal.records_page:
            app.add_url_rule(self.portal.records_page, "records", self.records, methods=["GET"])
        app.register_error_handler(404, lambda _error: self.trouble("not_found", 404))
        app.register_error_handler(405, lambda _error: self.trouble("not_found", 405))
        app.register_error_handler(Unreachable, lambda _error: self.trouble("unreachable", 502))
        return app

    def at_home(self) -> AnyResponse | None:
        """Send people who came by another name of this machine to the name that the provider knows."""
        home = self.place.netloc(self.portal.spot)
        if request.method != "GET" or request.host == home or request.path.startswith("/static/"):
            return None
        return redirect(f"http://{home}{here()}")

    def front(self) -> AnyResponse:
        """Show the portal. Of a first-party portal the provider is first asked, without a page, who is here."""
        visit = self.visit()
        browses = "text/html" in request.headers.get("Accept", "") and not request.args
        if visit is None and self.portal.first_party and browses and self.checked not in request.cookies:
            try:
                response = self.begin(silent=True)
            except Unreachable:
                return self.page("front.html")
            response.set_cookie(self.checked, "1", max_age=_SILENT_SECONDS, httponly=True, samesite="Lax")
            return response
        return self.page("front.html", visit, done=request.args.get("done", ""))

    def sign_in(self) -> AnyResponse:
        return self.begin(own_path(request.args.get("to", "/")))

    def initiate(self) -> AnyResponse:
        """Start a sign-in that the provider or another site asks for (OpenID Connect Core 4)."""
        target = request.values.get("target_link_uri", "")
        path = target.removeprefix(self.party.address) if target.startswith(self.party.address + "/") else ""
        if request.values.get("iss") != self.place.issuer or (target and not path):
            return self.trouble("foreign_initiator", 400)
        return self.begin(own_path(path or "/"), login_hint=request.values.get("login_hint", ""))

    def guarded(self) -> AnyResponse:
        """Show the page to whoever has the level; ask the provider for it, bindingly, where it isn't there."""
        visit = self.visit()
        if visit is not None and suffices(visit.signed_in.claims.get("acr"), self.portal.page_acr):
            return self.page("guarded.html", visit)
        return self.begin(self.portal.page, self.portal.page_acr)

    def records(self) -> AnyResponse:
        """Show what the resource server tells of the person; where it wants a surer sign-in, ask the provider for one
        and call again (RFC 9470)."""
        visit, path = self.visit(), self.portal.records_page
        if visit is None:
            return self.begin(path)
        try:
            called, kept = self.party.call(visit.signed_in, self.place.address(Spot.RECORDS), "/mine")
        except Refusal:
            # The grant is over, by a sign-out or a fallen level: the provider is asked anew.
            self.visits.end(visit)
            return self.begin(path)
        self.visits.renew(visit, kept)
        if not called.acr and not called.max_age:
            return self.page("permits.html", visit, told=called.document)
        if "again" in request.args:
            lacking = Refusal("insufficient_user_authentication", "the records want more than they were just given")
            return self.refused(lacking, called.acr, path, visit)
        return self.begin(f"{path}?again=1", called.acr, max_age=called.max_age)

    def callback(self) -> AnyResponse:
        """Take the provider's answer to a question that this browser asked."""
        visit, given = self.visit(), request.args.to_dict()
        attempt = self.visits.recall(self.portal.client_id, self.browser(), given.get("state", ""))
        if attempt is None:
            # The back button, a second press, or cookies that went away: what is done already stays done.
            return redirect("/?again=1", 303) if visit else self.trouble("unknown_attempt", 400)
        try:
            signed_in = self.party.take(attempt, given)
        except Refusal as refusal:
            if attempt.silent:
                return redirect(attempt.path, 303)
            return self.refused(refusal, attempt.acr, attempt.path, visit)
        except Distrusted as doubt:
            return self.trouble("distrusted", 400, str(doubt))
        if visit is not None:
            self.visits.end(visit)
        response = redirect(attempt.path, 303)
        self.remember(response, self.visits.begin(self.portal.client_id, signed_in).secret)
        return response

    def refresh(self) -> AnyResponse:
        visit = self.visit()
        if visit is None or not self.is_ours(visit):
            return redirect("/", 303)
        try:
            self.visits.renew(visit, self.party.refresh(visit.signed_in))
        except Refusal:
            self.visits.end(visit)
            return redirect("/?done=ended", 303)
        except Distrusted as doubt:
            return self.trouble("distrusted", 400, str(doubt))
        return redirect("/?done=refreshed", 303)

    def sign_out(self) -> AnyResponse:
        """End the visit here, then everywhere: the provider's page tells which portals heard of it."""
        visit = self.visit()
        if visit is None or not self.is_ours(visit):
            return redirect("/", 303)
        self.visits.end(visit)
        return redirect(self.party.good_bye(visit.signed_in.id_token), 303)

    def signed_out(self) -> AnyResponse:
        return self.page("signed_out.html")

    def backchannel_logout(self) -> AnyResponse:
        """End the visits that a logout token names (OpenID Connect Back-Channel Logout 2.5 to 2.8)."""
        try:
            farewell = self.party.told(request.form.get("logout_token", ""))
            if not self.visits.hear(self.portal.client_id, farewell.jti):
                raise Distrusted("logout token: heard already")
        except Distrusted as doubt:
            return _json({"error": "invalid_request", "error_description": str(doubt)}, 400)
        except Unreachable as error:
            return _json({"error": "temporarily_unavailable", "error_description": str(error)}, 503)
        self.visits.end_all(self.portal.client_id, farewell.sub, farewell.sid)
        return _json({}, 200)

    def begin(
        self, path: str = "/", acr: str = "", silent: bool = False, login_hint: str = "", max_age: str = ""
    ) -> AnyResponse:
        """Send the browser to the provider; the attempt is bound to this browser."""
        attempt = new_attempt(path, acr, silent, max_age)
        response = redirect(self.party.ask(attempt, words().locale, login_hint), 303)
        browser = self.browser()
        if not browser:
            browser = secrets.token_urlsafe(32)
            response.set_cookie(f"{self.portal.client_id}-browser", browser, httponly=True, samesite="Lax")
        self.visits.remember(self.portal.client_id, browser, attempt)
        return response

    def refused(self, refusal: Refusal, acr: str, path: str, visit: Visit | None) -> AnyResponse:
        known = refusal.code if words().has(f"refused.{refusal.code}.title") else "other"
        lacking = refusal.code == "unmet_authentication_requirements" and bool(acr)
        response = self.page("refused.html", visit, 200, refusal=refusal, known=known, lacking=lacking, path=path)
        if lacking:
            # The provider knows now who this is: the front page may ask it at once.
            response.delete_cookie(self.checked)
        return response

    def trouble(self, kind: str, status: int, detail: str = "") -> AnyResponse:
        return self.page("trouble.html", self.visit(), status, kind=kind, detail=detail)

    def page(self, template: str, visit: Visit | None = None, status: int = 200, **context: Any) -> AnyResponse:
        signed_in = visit.signed_in if visit else None
        return make_response(
            render_template(
                template,
                portal=self.portal,
                issuer=self.place.issuer,
                form=visit.form if visit else "",
                person=signed_in,
                ranks=RANKS,
                pretty=_pretty,
                **context,
            ),
            status,
        )

    def visit(self) -> Visit | None:
        secret = request.cookies.get(f"{self.portal.client_id}-visit", "")
        return self.visits.get(self.portal.client_id, secret) if secret else None

    def browser(self) -> str:
        return request.cookies.get(f"{self.portal.client_id}-browser", "")

    @property
    def checked(self) -> str:
        """Return the name of the cookie that tells that the provider was asked a moment ago."""
        return f"{self.portal.client_id}-checked"

    def remember(self, response: AnyResponse, secret: str) -> None:
        response.set_cookie(f"{self.portal.client_id}-visit", secret, httponly=True, samesite="Lax")
        response.delete_cookie(self.checked)

    def is_ours(self, visit: Visit) -> bool:
        """Tell whether the form came from a page of this visit."""
        return hmac.compare_digest(request.form.get("form", "").encode(), visit.form.encode())


def suffices(acr: object, needed: str) -> bool:
    """Tell whether what the provider told is what a page needs: a rung at least as high, or the very role."""
    if needed in RANKS and acr in RANKS:
        return RANKS.index(str(acr)) >= RANKS.index(needed)
    return acr == needed


def portal_site(portal: Portal, place: Place, keeper: Keeper, visits: Visits) -> PortalSite:
    """Put a portal together: its own HTTP client, its own picture of the provider."""
    provider = Provider(place.issuer, web_client(place.issuer, place.reach))
    return PortalSite(portal, place, RelyingParty(portal, place.address(portal.spot), provider, keeper), visits)


def _json(document: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(document), status, mimetype="application/json")


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
