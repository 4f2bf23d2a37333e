"""How an authorization response travels: in the query, in the fragment, or as a form that posts itself.

OAuth 2.0 Multiple Response Type Encoding Practices 2.1, Form Post Response Mode, ``iss`` by RFC 9207.
"""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode, urlsplit


class ResponseMode(StrEnum):
    QUERY = "query"
    FRAGMENT = "fragment"
    FORM_POST = "form_post"


@dataclass(frozen=True, slots=True)
class Answer:
    """An authorization response or error response, ready to travel to the client."""

    redirect_uri: str
    mode: ResponseMode
    parameters: tuple[tuple[str, str], ...]

    @property
    def location(self) -> str:
        """Return the address to redirect to (query and fragment); the redirect URI keeps its own query."""
        encoded = urlencode(self.parameters)
        if self.mode is ResponseMode.FRAGMENT:
            return f"{self.redirect_uri}#{encoded}"
        parts = urlsplit(self.redirect_uri)
        return parts._replace(query=f"{parts.query}&{encoded}" if parts.query else encoded).geturl()
