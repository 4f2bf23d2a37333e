"""Watches over a browser's shoulder: no foreign host is asked, nothing breaks, the console stays silent."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response


class Watch:
    """Collects what must not happen in any page of the context; ``require_peace`` tells."""

    def __init__(self, context: BrowserContext, hosts: frozenset[str]) -> None:
        self.hosts = hosts
        self.requested: list[str] = []
        self.troubles: list[str] = []
        self._refused_pages: set[str] = set()
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))

    def require_peace(self) -> None:
        assert self.troubles == []

    def _request(self, request: Request) -> None:
        self.requested.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.netloc not in self.hosts:
            self.troubles.append(f"a foreign host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status}: {response.url}")
        elif response.status >= 400 and response.request.is_navigation_request():
            self._refused_pages.add(response.url)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium tells of every page that came with 4xx; a form with faults rightly does.
        expected = message.text.startswith("Failed to load resource") and message.location["url"] in self._refused_pages
        if message.type in ("error", "warning") and not expected:
            self.troubles.append(f"console: {message.text}")
