"""How an authorization response travels: in the query, in the fragment, or as a form that posts itself.

OAuth 2.0 Multiple Response Type Encoding Practices 2.1, Form Post Response Mode, ``iss`` by RFC 9207.
"""

from collections.abc import Iterable
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
        if self.mode is ResponseMode.FRAGMENT:
            return f"{self.redirect_uri}#{urlencode(self.parameters)}"
        return extended(self.redirect_uri, self.parameters)

    @property
    def origin(self) -> str:
        return origin(self.redirect_uri)


def extended(uri: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Return a registered address with more parameters; what it holds itself is kept letter for letter."""
    joint = "?" if "?" not in uri else "" if uri.endswith(("?", "&")) else "&"
    return f"{uri}{joint}{urlencode(tuple(parameters))}"


def origin(uri: str) -> str:
    """Return what a page's ``form-action`` must name so that its form may end up there: Chromium checks redirects."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
