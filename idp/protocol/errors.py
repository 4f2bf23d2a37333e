"""The errors that OAuth and OpenID Connect name; what raises one knows neither pages nor replies.

RFC 6749 4.1.2.1 and 5.2, RFC 6750 3.1, RFC 8707 2, OpenID Connect Core 3.1.2.6, Unmet Authentication Requirements 1.0.
"""

from typing import ClassVar

from idp.kernel.refusal import Refused

#: RFC 6749 appendix A.8: printable ASCII but for the quote and the backslash.
_TEXT = {code: chr(code) for code in range(0x20, 0x7F) if chr(code) not in '"\\'}


class OAuthError(Refused):
    """A refusal that the protocol has a name for. ``description`` is for developers, in English (RFC 6749 5.2)."""

    error: ClassVar[str] = "invalid_request"
    status: ClassVar[int] = 400

    def __init__(self, description: str = "", headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(f"oauth.{self.error}")
        self.description = "".join(_TEXT.get(ord(sign), "?") for sign in description)
        self.headers = headers

    def document(self) -> dict[str, str]:
        """Return the members of the error answer."""
        document = {"error": self.error}
        if self.description:
            document["error_description"] = self.description
        return document

    def __str__(self) -> str:
        return f"{self.error}: {self.description}"


class InvalidRequest(OAuthError):
    error = "invalid_request"


class InvalidClient(OAuthError):
    """One answer for an unknown client and a wrong secret; RFC 6749 5.2 wants the challenge with a 401."""

    error = "invalid_client"
    status = 401

    def __init__(self, description: str = "client authentication failed") -> None:
        super().__init__(description, (("WWW-Authenticate", 'Basic realm="clients", charset="UTF-8"'),))


class InvalidGrant(OAuthError):
    error = "invalid_grant"


class UnauthorizedClient(OAuthError):
    error = "unauthorized_client"


class UnsupportedGrantType(OAuthError):
    error = "unsupported_grant_type"


class UnsupportedResponseType(OAuthError):
    error = "unsupported_response_type"


class InvalidScope(OAuthError):
    error = "invalid_scope"


class InvalidTarget(OAuthError):
    """RFC 8707 2: the resource is unknown, malformed, or not for this client."""

    error = "invalid_target"


class AccessDenied(OAuthError):
    error = "access_denied"


class LoginRequired(OAuthError):
    error = "login_required"


class InteractionRequired(OAuthError):
    error = "interaction_required"


class ConsentRequired(OAuthError):
    error = "consent_required"


class AccountSelectionRequired(OAuthError):
    error = "account_selection_required"


class UnmetAuthenticationRequirements(OAuthError):
    error = "unmet_authentication_requirements"


class RequestNotSupported(OAuthError):
    error = "request_not_supported"


class RequestUriNotSupported(OAuthError):
    error = "request_uri_not_supported"


class RegistrationNotSupported(OAuthError):
    error = "registration_not_supported"


class TemporarilyUnavailable(OAuthError):
    error = "temporarily_unavailable"
    status = 503


class BearerError(OAuthError):
    """An error of a protected resource: it goes into the challenge too (RFC 6750 3)."""

    def __init__(self, description: str, **attributes: str) -> None:
        told = {"error": self.error, "error_description": description, **attributes}
        challenge = ", ".join(f'{name}="{value}"' for name, value in told.items())
        super().__init__(description, (("WWW-Authenticate", f"Bearer {challenge}"),))


class MissingToken(OAuthError):
    """RFC 6750 3.1: a request without any credential learns the scheme and no error code."""

    error = "invalid_token"
    status = 401

    def __init__(self) -> None:
        super().__init__("an access token is needed", (("WWW-Authenticate", "Bearer"),))


class InvalidToken(BearerError):
    error = "invalid_token"
    status = 401


class InsufficientScope(BearerError):
    error = "insufficient_scope"
    status = 403


class InvalidBearerRequest(BearerError):
    error = "invalid_request"
    status = 400
