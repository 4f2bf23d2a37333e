"""The personal pages: all there in both languages, for their owner alone, and each change works to its end."""

import pytest

from idp.accounts.contacts import ContactKind
from tests.city import City
from tests.visitor import PASSWORD, Visitor, forms, is_page, text

PAGES = ("", "/data", "/login", "/contacts", "/contacts/email", "/contacts/phone", "/security", "/consents")
PAGES += ("/security/password", "/security/question", "/security/sessions", "/security/sign-ins")
PAGES += ("/portals", "/notices", "/export", "/delete")


@pytest.fixture(autouse=True)
def _quiet(portals) -> None:
    """Nobody's network is asked."""


def phone(town: City):
    contacts = town.flows.accounts.contacts("anna")
    return next(item for item in contacts if item.kind is ContactKind.PHONE)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_one_bar_and_is_its_owners_alone(anna: Visitor, path):
    for language, sign_out in (("ru", "Выйти"), ("en", "Sign out")):
        page = anna.get(f"/me{path}", **{"Accept-Language": language})
        assert page.status_code == 200
        assert all(part in text(page) for part in ("Анна Иванова", sign_out)) and 'href="/me/notices"' in page.text
        assert page.headers["Cache-Control"] == "no-store"

    assert is_page(anna.another().get(f"/me{path}"), "/sign-in")


@pytest.mark.parametrize("path", ["/help", "/sign-up/done", "/no/such/page", "/sign-in?tx=1"])
def test_pages_beside_the_cabinet_have_the_bar_too_for_whoever_is_signed_in(anna: Visitor, path):
    """D-06: name, notices and their number, sign out."""
    anna.flows.people.notices.add("anna", "registered", {})
    page = anna.get(path)
    page = anna.follow(page) if page.status_code == 303 else page
    header = page.text.partition("<main")[0]
    assert all(part in header for part in ("Анна Иванова", 'href="/me/notices"', 'class="count">1<', "Sign out"))
    assert forms(page)[0]["action"] == "/sign-out" and "Sign out" not in anna.another().get("/help").text


def test_the_level_page_tells_what_who_when_and_on_which_ground(anna: Visitor, town: City):
    town.prove("pension_fund")
    shown = text(anna.get("/me"))

    assert "You have standard access" in shown
    assert "Decree 23-PP, appendix 2, clause 9" in shown and "Decree 23-PP, appendix 1, clause 11" in shown
    assert "The Social Fund confirmed your SNILS" in shown and "You confirmed your e-mail" in shown
    assert "Then full" in shown and "The next step is standard" not in shown


def test_a_phone_is_removed_by_the_password(anna: Visitor, town: City):
    path = f"/me/contacts/{phone(town).id}/remove"
    assert path in anna.get("/me/contacts").text
    page = anna.get(path)

    refused = anna.press(page, present="wrong")
    assert refused.status_code == 400 and 'aria-invalid="true"' in refused.text
    assert is_page(anna.press(page, present=PASSWORD), "/me/contacts")
    assert [item.kind.value for item in town.flows.accounts.contacts("anna")] == ["email"]


def test_a_change_waits_beside_the_old_contact_and_can_be_dropped(anna: Visitor, town: City):
    waiting = anna.press(anna.get("/me/contacts/email"), email="new@example.ru", present=PASSWORD)
    assert "new@example.ru" in text(anna.follow(waiting))
    shown = anna.get("/me/contacts")
    assert all(value in text(shown) for value in ("anna@example.ru", "new@example.ru", "waits to be confirmed"))

    [drop] = [form for form in forms(shown) if form["action"].endswith("/remove")]
    anna.post(drop["action"], drop["fields"])

    assert "new@example.ru" not in text(anna.get("/me/contacts"))


def test_nobody_opens_anothers_contact(anna: Visitor, town: City):
    town.person("boris")
    other = next(item for item in town.flows.accounts.contacts("boris"))
    assert anna.get(f"/me/contacts/{other.id}/code").status_code == 404
    assert anna.get(f"/me/contacts/{other.id}/remove").status_code == 404
    assert anna.get("/me/contacts/%00/code").status_code == 404


def test_a_new_password_gives_the_browser_a_new_secret(anna: Visitor, town: City):
    thief = anna.another().wears("session")
    page = anna.get("/me/security/password")
    new = "Sirenevy-sad-26"

    changed = anna.press(page, present=PASSWORD, password=new, password2=new)

    assert is_page(changed, "/me/security")
    assert anna.get("/me").status_code == 200 and is_page(thief.get("/me"), "/sign-in")


def test_at_the_standard_level_the_data_page_warns_before_it_lowers(anna: Visitor, town: City):
    town.prove("pension_fund")
    page = anna.get("/me/data")
    typed = {"family_name": "Иванова", "given_name": "Инна", "middle_name": "", "birthdate": "", "gender": ""}

    warned = anna.press(page, **typed)
    assert warned.status_code == 400 and 'href="#lower"' in warned.text and "Инна" in warned.text
    assert is_page(anna.press(page, **typed, lower="yes"), "/me/data")
    assert "You have simplified access" in text(anna.get("/me"))


def test_the_page_that_lowered_a_level_shows_which_portals_know_and_after_how_long(anna: Visitor, town: City, portals):
    town.prove("pension_fund")
    town.client("permits", client_name="Permits", backchannel_logout_uri="https://permits.test/bc")
    town.grant("permits", told_acr="standard", told_level="standard")
    typed = {"family_name": "Иванова", "given_name": "Инна", "middle_name": "", "birthdate": "", "gender": ""}
    object.__setattr__(town.flows.people.tell_of_fall.tell_again.tell, "post", portals)

    anna.press(anna.get("/me/data"), **typed, lower="yes")

    for path in ("/me/data?done=yes", "/me"):
        shown = text(anna.get(path))
        assert "Who was told that your access is lower" in shown and "Permits" in shown
        assert "knows, 0.00 s after the change" in shown


def test_at_the_full_level_verified_data_are_read_only_and_the_account_stays(anna: Visitor, town: City):
    town.prove("visit")
    page = anna.get("/me/data")
    assert 'name="given_name"' not in page.text and "Иванова Анна Петровна" in text(page)

    assert is_page(anna.press(page, locale="en"), "/me/data")
    assert anna.press(page, given_name="Инна").status_code == 400
    assert "closed at a service centre" in text(anna.get("/me/delete"))


def test_the_export_is_a_file_that_takes_the_password(anna: Visitor):
    page = anna.get("/me/export")
    assert anna.press(page, present="wrong").status_code == 400

    file = anna.press(page, present=PASSWORD)

    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.json["account"]["name"]["family"] == "Иванова"


def test_deletion_takes_a_word_and_the_password_and_signs_out(anna: Visitor, town: City):
    page = anna.get("/me/delete")
    assert anna.press(page, present=PASSWORD).status_code == 400

    gone = anna.press(page, sure="yes", present=PASSWORD)

    assert gone.status_code == 200 and "city-session=;" in gone.headers["Set-Cookie"]
    assert is_page(anna.get("/me"), "/sign-in")
    assert town.flows.accounts.get("anna").closed_at is not None


@pytest.mark.parametrize(
    "path", ["/me/security/sessions/x/end", "/me/security/sessions/end-others", "/recovery/code/again"]
)
def test_the_language_switch_never_leads_into_nothing(anna: Visitor, path):
    assert anna.get(path).status_code in (303, 410)
