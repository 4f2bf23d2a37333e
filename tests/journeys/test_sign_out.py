"""Signing out of several portals at once: each told, listed with its result; one that fails is told again."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.ways import DESK, PLAIN_PHONE

PORTALS = ("services", "parking", "avtokod")
PEOPLE = [(DESK, "maria.kuznetsova"), (PLAIN_PHONE, "vera.orlova")]


@dataclass
class Doorman:
    """Stands before a portal's address for logout tokens: refuses them, and once told to hands them on."""

    portal: str
    refused: int = 0
    open: threading.Event = field(default_factory=threading.Event)

    def answer(self, body: bytes) -> int:
        if not self.open.is_set():
            self.refused += 1
            return 503
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return httpx.post(self.portal, content=body, headers=headers, trust_env=False, timeout=10).status_code


@pytest.fixture
def doorman(town) -> Iterator[Doorman]:
    """Avtokod behind a door that can be shut."""
    real = town.portal("avtokod") + "backchannel-logout"
    man = Doorman(real)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = man.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/"
        town.administer("clients", "change", "avtokod", "--backchannel-logout-uri", address)
        yield man
    finally:
        town.administer("clients", "change", "avtokod", "--backchannel-logout-uri", real)
        server.shutdown()
        server.server_close()


def enter_all(screen, town, login):
    for portal in PORTALS:
        screen.open(town.portal(portal))
        if portal == "services":
            screen.press(screen.said("portal.sign_in"))
            screen.sign_in(login)
        screen.reads("acr: simplified")


def line(screen, portal):
    return screen.page.locator("ul.task li").filter(has_text=screen.said(f"{portal}.name"))


@pytest.mark.parametrize(("way", "login"), PEOPLE, ids=str)
def test_every_portal_is_signed_out_at_once_and_other_tabs_end_well(screen, town, login):
    enter_all(screen, town, login)
    screen.open("/me/consents")
    earlier = screen.page
    screen.new_tab()
    screen.open("/me")
    screen.press(screen.t("bar.sign_out"), "header")
    expect(screen.page.locator("ul.task li")).to_have_count(3)
    for portal in PORTALS:
        expect(line(screen, portal)).to_contain_text(screen.t("signed_out.signed_out"))
    screen.reads(screen.t("signed_out.lead"))
    screen.check("signed-out-three")

    # The back button shows nothing of the person: they sign in anew.
    screen.page.go_back()
    assert screen.at("/sign-in")
    # A form that stood open in another tab is sent for nobody.
    screen.page = earlier
    screen.press(screen.t("me.save"))
    assert screen.at("/sign-in")
    for portal in PORTALS:
        screen.open(town.portal(portal))
        expect(screen.control(screen.said("portal.sign_in"))).to_be_visible()


@pytest.mark.parametrize(("way", "login"), PEOPLE, ids=str)
def test_a_portal_that_fails_is_listed_and_told_again_until_it_listens(screen, town, doorman, login):
    enter_all(screen, town, login)
    screen.open("/me")
    screen.press(screen.t("bar.sign_out"), "header")
    for portal in ("services", "parking"):
        expect(line(screen, portal)).to_contain_text(screen.t("signed_out.signed_out"))
    expect(line(screen, "avtokod")).to_contain_text(screen.t("signed_out.will_retry"))
    screen.reads(screen.t("signed_out.lead.partly"))
    screen.check("signed-out-partly")
    assert doorman.refused >= 1
    screen.open(town.portal("avtokod"))
    screen.reads("acr: simplified")

    doorman.open.set()
    for _ in range(120):
        if screen.control(screen.said("portal.sign_in")).count():
            break
        screen.page.wait_for_timeout(250)
        screen.page.reload()
    expect(screen.control(screen.said("portal.sign_in"))).to_be_visible()
