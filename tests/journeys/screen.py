"""A person before a browser: their cookies, the page they look at, what they type and press, what they read."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup
from playwright.sync_api import Browser, Locator, expect

from demo.words import WORDS
from idp.kernel.words import catalogues
from tests.journeys.accessible import require_no_violation, require_structure
from tests.journeys.town import Town
from tests.journeys.watch import Watch
from tests.journeys.ways import Way

#: Where pictures of the pages go, for people who look at them; unset: nowhere.
SHOTS = os.environ.get("JOURNEYS_SHOTS", "")


class Screen:
    """``t`` has the provider's words in this person's language, ``said`` those of the demo's portals."""

    def __init__(self, chromium: Browser, town: Town, way: Way) -> None:
        self.town = town
        self.way = way
        self.words = catalogues()[way.locale]
        self.context = chromium.new_context(
            java_script_enabled=way.script,
            viewport={"width": way.width, "height": way.height},
            locale={"ru": "ru-RU", "en": "en-GB"}[way.locale],
            color_scheme="dark" if way.scheme == "dark" else "light",
            # Nothing fades from scheme to scheme while contrast is measured.
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(15_000)
        self.watch = Watch(self.context, town.hosts)
        self.page = self.context.new_page()

    def close(self) -> None:
        self.context.close()

    def new_tab(self) -> None:
        self.page = self.context.new_page()

    def open(self, address: str) -> None:
        """Go to an address; a path alone is the provider's."""
        self.page.goto(self.town.issuer + address if address.startswith("/") else address)

    def t(self, code: str, **params: Any) -> str:
        return self.words(code, **params).striptags()

    def said(self, code: str, **params: Any) -> str:
        return Markup(WORDS[self.way.locale](code, **params)).striptags()

    def fill(self, fields: Mapping[str, str | bool]) -> None:
        """Type into fields by name; True ticks, False leaves the tick out."""
        for name, value in fields.items():
            place = self.page.locator(f"[name={name}]")
            if isinstance(value, bool):
                place.set_checked(value)
            else:
                place.fill(value)

    def press(self, name: str, within: str = "main") -> None:
        """Press the button or follow the link of this name; return when the next page is there."""
        with self.page.expect_navigation():
            self.control(name, within).click()

    def press_twice(self, name: str) -> None:
        """Press as impatient people do; return when the page that comes has settled."""
        with self.page.expect_navigation():
            self.control(name).dblclick()
        self.page.wait_for_load_state("networkidle")

    def sign_in(self, login: str) -> None:
        """Somebody of the city signs in on the page that asks for it."""
        assert self.at("/sign-in"), self.page.url
        self.fill({"login": login, "password": self.town.person(login)["password"]})
        self.press(self.t("sign_in.submit"))

    def control(self, name: str, within: str = "main") -> Locator:
        place = self.page.locator(within)
        return place.get_by_role("button", name=name, exact=True).or_(place.get_by_role("link", name=name, exact=True))

    def reads(self, words: str, within: str = "main") -> None:
        expect(self.page.locator(within)).to_contain_text(words)

    def heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())

    def at(self, address: str) -> bool:
        """Tell whether the page is this one, whatever its query; a path alone is the provider's."""
        whole = self.town.issuer + address if address.startswith("/") else address
        return self.page.url.partition("?")[0] == whole

    def check(self, name: str) -> None:
        """Require of the page what every page must be; ``name`` is the picture's."""
        self.page.wait_for_load_state()
        self.picture(name)
        require_structure(self.page, self.way.locale)
        if self.way.script:
            require_no_violation(self.page)
        else:
            # What only a script works is hidden until one runs.
            assert self.page.locator("[hidden]:visible").count() == 0, "a control that does nothing is shown"
        if self.way.width == 390:
            # The narrowest that WCAG 2.2, 1.4.10 asks for.
            self.page.set_viewport_size({"width": 320, "height": 640})
            require_structure(self.page, self.way.locale)
            self.page.set_viewport_size({"width": self.way.width, "height": self.way.height})
        self.watch.require_peace()

    def picture(self, name: str) -> None:
        if not SHOTS:
            return
        # The window grows to the page, so that what sticks to its edges stands where people see it.
        tall = int(self.page.evaluate("document.documentElement.scrollHeight"))
        self.page.set_viewport_size({"width": self.way.width, "height": max(tall, self.way.height)})
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            plain = "" if self.way.script else "-no-js"
            path = Path(SHOTS) / f"{name}-{self.way.width}-{self.way.locale}-{scheme}{plain}.png"
            self.page.screenshot(path=path, caret="initial")
        self.page.emulate_media(color_scheme="dark" if self.way.scheme == "dark" else "light")
        self.page.set_viewport_size({"width": self.way.width, "height": self.way.height})
