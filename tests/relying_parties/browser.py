"""A browser over real HTTP: cookies, redirects between the provider and its portals, links and forms; no scripts."""

import html
import re
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

from tests.relying_parties.arrange import Person
from tests.visitor import forms, text


class Browser:
    """Stands on one page: ``page`` is the last answer that wasn't a redirect, ``address`` is where it came from."""

    MOST_REDIRECTS = 20

    def __init__(self) -> None:
        self.http = httpx.Client(trust_env=False, timeout=30, headers={"Accept-Language": "en", "Accept": "text/html"})
        self.page = httpx.Response(204)
        self.address = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.http.close()

    def open(self, address: str, until: str = "\0") -> httpx.Response:
        """Go to an address and wherever it leads; stop before an address that begins with ``until``."""
        return self._follow(self._get(address), until)

    def press(self, until: str = "\0", **typed: str) -> httpx.Response:
        """Send the page's last form with its hidden fields and what is typed."""
        form = forms(self.page)[-1]
        return self.post(urljoin(self.address, form["action"] or self.address), {**form["fields"], **typed}, until)

    def post(self, address: str, form: dict[str, str], until: str = "\0") -> httpx.Response:
        """Send a form, as the present page's own script or button would."""
        answer = self.http.post(address, data=form, headers={"Referer": self.address})
        self.address = address
        return self._follow(answer, until)

    def sign_in(self, person: Person, until: str = "\0") -> httpx.Response:
        """Fill in the provider's sign-in page, which must be the present one."""
        assert self.path == "/sign-in", f"{self.address}: {self.text}"
        return self.press(until, login=person.login, password=person.password)

    def link(self, path: str) -> str:
        """Return the address of the page's link that leads to this path."""
        found = re.search(rf'<a\b[^>]*href="({re.escape(path)}[^"]*)"', self.page.text)
        assert found, f"no link to {path}: {self.text}"
        return urljoin(self.address, html.unescape(found[1]))

    @property
    def path(self) -> str:
        return httpx.URL(self.address).path

    @property
    def text(self) -> str:
        return text(self.page)

    def _get(self, address: str) -> httpx.Response:
        self.address = address
        return self.http.get(address)

    def _follow(self, answer: httpx.Response, until: str) -> httpx.Response:
        for _ in range(self.MOST_REDIRECTS):
            refresh = re.search(r'<meta http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
            if not answer.has_redirect_location and not refresh:
                break
            target = urljoin(self.address, refresh[1] if refresh else answer.headers["Location"])
            if target.startswith(until):
                self.address = target
                return answer
            answer = self._get(target)
        else:
            raise AssertionError(f"redirected in circles, last to {self.address}")
        self.page = answer
        return answer
