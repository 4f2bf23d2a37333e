"""What the fund may say, page by page: faults told at once, four different answers, my level and its receipt."""

import json

import pytest
from playwright.sync_api import expect

from docs.examples.verify_receipt import Broken, verify
from tests.journeys.fund import BORN, answer_now, insured
from tests.journeys.newcomer import Newcomer
from tests.journeys.test_personal_pages import register
from tests.journeys.ways import PHONE, PLAIN_DESK


def begin(screen):
    screen.open("/me")
    screen.press(screen.t("me.level.standard.do"))
    screen.reads(screen.t("snils.number.heading"), "h1")


def ask(screen, snils, born=BORN):
    screen.fill({"snils": snils})
    screen.press(screen.t("snils.next"))
    screen.fill({"birthdate": born})
    screen.press(screen.t("snils.next"))
    screen.page.locator("[name=sex][value=male]").check()
    screen.press(screen.t("snils.ask"))


def refused(screen, field, code, **params):
    """The page says what is wrong, at the field and above, and is a page like any other."""
    expect(screen.page.locator(f"#{field}-err")).to_contain_text(screen.t(code, **params))
    screen.check(f"snils-{field}-{code}")


@pytest.mark.parametrize("way", [PHONE, PLAIN_DESK], ids=str)
def test_what_is_mistyped_is_told_at_once_and_what_the_fund_says_in_words_of_its_own(screen, town, newcomer):
    snils, silent = insured(town, newcomer), insured(town, newcomer, "garbage")
    register(screen, town, newcomer)
    begin(screen)
    screen.check("snils-number")

    # As people write it; what can't be a number, a date, an answer is told before anything goes out.
    screen.fill({"snils": f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {(int(snils[9:]) + 1) % 100:02}"})
    screen.press(screen.t("snils.next"))
    refused(screen, "snils", "snils.check_digits")
    screen.fill({"snils": f" {snils[:3]} {snils[3:6]} {snils[6:9]}–{snils[9:]} "})
    screen.press(screen.t("snils.next"))
    screen.fill({"birthdate": "31.02.1980"})
    screen.press(screen.t("snils.next"))
    refused(screen, "birthdate", "birthdate.malformed")
    screen.fill({"birthdate": "17.05.2999"})
    screen.press(screen.t("snils.next"))
    refused(screen, "birthdate", "birthdate.impossible")
    screen.fill({"birthdate": "17.05.1981"})
    screen.press(screen.t("snils.next"))
    screen.press(screen.t("snils.ask"))
    refused(screen, "sex", "snils.sex_missing")
    screen.page.locator("[name=sex][value=male]").check()
    screen.press(screen.t("snils.ask"))

    # Another birth date than the fund's, and a fund that talks nonsense: neither changes anything.
    screen.reads(screen.t("snils.mismatch.heading"), "h1")
    screen.check("snils-mismatch")
    screen.press(screen.t("snils.again"))
    ask(screen, silent)
    screen.reads(screen.t("snils.failing.heading"), "h1")
    screen.check("snils-failing")
    screen.open("/me")
    screen.reads(screen.t("me.level.heading.simplified"), "h1")
    screen.press(screen.t("me.level.snils.see"))
    screen.press(screen.t("snils.withdraw"))
    ask(screen, snils)
    screen.reads(screen.t("snils.match.heading"), "h1")
    screen.press(screen.t("snils.match.my_level"))
    screen.reads(f"{snils[:3]}-•••-••• {snils[9:]}")
    screen.check("level-standard")
    screen.open("/me/notices")
    for kind in ("snils_mismatch", "snils_match"):
        screen.reads(screen.t(f"notice.{kind}.title"))

    # The SNILS is a login now.
    screen.press(screen.t("bar.sign_out"), "header")
    screen.open("/sign-in")
    screen.fill({"login": f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}", "password": newcomer.password})
    screen.press(screen.t("sign_in.submit"))
    assert screen.at("/me")


@pytest.mark.parametrize("way", [PHONE, PLAIN_DESK], ids=str)
def test_a_number_already_held_shows_the_ways_out_and_my_level_can_be_taken_along_and_doubted(
    screen, screens, town, newcomer, way
):
    snils = insured(town, newcomer, "tomorrow")
    register(screen, town, newcomer)
    begin(screen)
    ask(screen, snils)
    screen.reads(screen.t("snils.pending.heading"), "h1")
    answer_now(town, snils)
    if not screen.way.script:
        screen.press(screen.t("snils.look_again"))
    # With a script the page looks by itself.
    expect(screen.page.locator("h1")).to_contain_text(screen.t("snils.match.heading"), timeout=20_000)

    # The same person opens another account: the fund matches them, and only then is it said.
    second, twin = screens(way), Newcomer.fresh()
    register(second, town, twin)
    begin(second)
    ask(second, snils)
    second.reads(second.t("snils.pending.heading"), "h1")
    answer_now(town, snils)
    second.open("/me/snils/answer")
    second.reads(second.t("snils.taken.heading"), "h1")
    second.check("snils-taken")
    second.open("/me")
    second.reads(second.t("me.level.heading.simplified"), "h1")
    screen.open("/me/notices")
    screen.reads(screen.t("notice.snils_claimed.title"))

    screen.open("/me")
    with screen.page.expect_download() as download:
        screen.control(screen.t("me.level.receipt")).click()
    receipt = json.loads(download.value.path().read_text(encoding="utf-8"))
    signed = verify(receipt, receipt["keys"])
    assert (signed["level"], signed["rests_on"]["source"]) == ("standard", "pension_fund")
    assert snils not in json.dumps(receipt) and [item["kind"] for item in signed["history"]] == [
        "email",
        "pension_fund",
    ]
    with pytest.raises(Broken):
        verify({**receipt, "receipt": {**signed, "level": "full"}}, receipt["keys"])

    screen.press(screen.t("me.level.wrong"))
    screen.check("level-wrong")
    screen.page.locator("#text").fill("Фонд записал меня дважды")
    screen.press(screen.t("wrong.send"))
    screen.reads(screen.t("wrong.done.heading"), "h1")
    screen.check("level-reported")
    screen.open("/me/notices")
    screen.reads(screen.t("notice.level_reported.title"))
    screen.open(town.fund)
    screen.check("fund")
