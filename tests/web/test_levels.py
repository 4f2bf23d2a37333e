"""The acr table through the whole callable: what is asked, given, offered or refused."""

import json
from dataclasses import replace

import pytest

from idp.kernel.registry_settings import Registries
from idp.kernel.settings import Settings
from tests.city import City
from tests.visitor import Visitor, answer, is_page, text, transaction

PROOFS = {"simplified": (), "standard": ("pension_fund",), "full": ("visit",)}
VALUES = ("simplified", "standard", "full", "legal-entity")
GIVES = {
    "simplified": {"simplified"},
    "standard": {"simplified", "standard"},
    "full": {"simplified", "standard", "full"},
}
CELLS = [(level, value) for level in PROOFS for value in VALUES]


def binding(*values: str) -> dict[str, str]:
    return {"claims": json.dumps({"id_token": {"acr": {"essential": True, "values": list(values)}}})}


@pytest.fixture
def at(anna: Visitor, town: City):
    """Raise Anna to a level; return her browser."""

    def raise_(level: str) -> Visitor:
        for kind in PROOFS[level]:
            town.prove(kind)
        return anna

    return raise_


def acr(town: City, answered: dict[str, str]) -> object:
    return town.claims(town.exchange(answered["code"]).json["id_token"])["acr"]


def has_way(level: str, value: str) -> bool:
    return (level, value) == ("simplified", "standard")


@pytest.mark.parametrize("prompt", [{}, {"prompt": "none"}], ids=["asking", "silent"])
@pytest.mark.parametrize(("level", "value"), CELLS)
def test_voluntary_is_answered_with_the_value_or_the_real_level_once_a_way_was_shown(
    at, town: City, level, value, prompt
):
    response = at(level).authorize(acr_values=value, **prompt)
    if has_way(level, value) and not prompt:
        assert is_page(response, "/step-up")
        response = at(level).get(f"/authorize/decline?tx={transaction(response)}")

    assert acr(town, answer(response)) == (value if value in GIVES[level] else level)


@pytest.mark.parametrize(("level", "value"), CELLS)
def test_binding_is_given_or_the_page_shows_the_way_or_kindly_that_there_is_none(at, town: City, level, value):
    visitor = at(level)
    response = visitor.authorize(**binding(value))
    if value in GIVES[level]:
        assert acr(town, answer(response)) == value
        return

    assert is_page(response, "/step-up")
    page = visitor.follow(response)
    assert page.status_code == 200 and "Back to Parking" in text(page)
    assert ("It can't be had here yet" in text(page)) is not has_way(level, value)
    refused = answer(visitor.get(f"/authorize/decline?tx={transaction(response)}"))
    assert (refused["error"], refused["state"]) == ("unmet_authentication_requirements", "s-1")


@pytest.mark.parametrize(("level", "value"), CELLS)
def test_binding_in_silence_is_given_or_tells_whether_a_way_exists(at, town: City, level, value):
    answered = answer(at(level).authorize(**binding(value), prompt="none"))

    if value in GIVES[level]:
        assert acr(town, answered) == value
    else:
        unmet = "interaction_required" if has_way(level, value) else "unmet_authentication_requirements"
        assert answered["error"] == unmet


@pytest.mark.parametrize("prompt", [{}, {"prompt": "none"}], ids=["asking", "silent"])
def test_unknown_values_are_passed_over_and_if_binding_and_alone_unmet(at, town: City, prompt):
    visitor = at("standard")

    assert acr(town, answer(visitor.authorize(acr_values="urn:gold standard", **prompt))) == "standard"
    assert acr(town, answer(visitor.authorize(acr_values="urn:gold", **prompt))) == "standard"
    assert acr(town, answer(visitor.authorize(**binding("urn:gold", "standard"), **prompt))) == "standard"
    unmet = answer(visitor.authorize(**binding("urn:gold"), **prompt))
    assert unmet["error"] == "unmet_authentication_requirements"


def test_the_first_asked_value_that_is_given_is_the_answer(at, town: City):
    visitor = at("full")

    assert acr(town, answer(visitor.authorize(acr_values="legal-entity simplified full"))) == "simplified"
    assert acr(town, answer(visitor.authorize(**binding("legal-entity", "standard")))) == "standard"
    assert acr(town, answer(visitor.authorize())) == "full"


def test_a_binding_list_is_used_alone(at, town: City):
    assert acr(town, answer(at("full").authorize(acr_values="full", **binding("simplified")))) == "simplified"


def test_a_registered_minimum_binds(at, town: City):
    town.client("guarded", minimum_acr="standard", first_party=True)
    visitor = at("simplified")

    assert is_page(visitor.authorize("guarded"), "/step-up")
    assert is_page(visitor.authorize("guarded", acr_values="simplified"), "/step-up")
    silent = answer(visitor.authorize("guarded", acr_values="full", prompt="none"))
    assert silent["error"] == "interaction_required"

    town.prove("pension_fund")
    assert "code" in answer(visitor.authorize("guarded"))
    assert "code" in answer(visitor.authorize("guarded", acr_values="full"))


def test_registered_defaults_are_voluntary(at, town: City):
    town.client("wishing", default_acr_values=["standard"], first_party=True)

    visitor = at("simplified")
    response = visitor.authorize("wishing")
    assert is_page(response, "/step-up")
    assert "code" in answer(visitor.get(f"/authorize/decline?tx={transaction(response)}"))


@pytest.mark.parametrize(("prompt", "expected"), [({"prompt": "none"}, "interaction_required"), ({}, "/me/contacts")])
def test_without_a_level_there_is_no_token_but_a_way_to_one(anna: Visitor, town: City, prompt, expected):
    town.disprove("email")

    response = anna.authorize(**prompt)

    if prompt:
        assert answer(response)["error"] == expected
    else:
        assert is_page(response, expected)


def test_a_level_that_comes_meanwhile_takes_the_request_up_again(at, town: City):
    visitor = at("simplified")
    waiting = visitor.authorize(**binding("standard"))
    town.prove("pension_fund")

    resumed = visitor.follow(visitor.get(f"/step-up?tx={transaction(waiting)}"))

    assert acr(town, answer(resumed)) == "standard"


def test_a_double_press_on_the_way_back_sends_one_answer(at):
    visitor = at("simplified")
    back = f"/authorize/decline?tx={transaction(visitor.authorize(**binding('full')))}"

    assert answer(visitor.get(back))["error"] == "unmet_authentication_requirements"
    assert "You are back in the service already" in text(visitor.get(back))


class TestWithoutAGateway:
    """Nobody checks a SNILS here, so nothing leads to standard access."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, registries=Registries())

    def test_no_way_is_shown_and_silence_is_told_that_there_is_none(self, anna: Visitor, town: City):
        page = text(anna.follow(anna.authorize(**binding("standard"))))
        assert "It can't be had here yet" in page
        silent = answer(anna.authorize(**binding("standard"), prompt="none"))
        assert silent["error"] == "unmet_authentication_requirements"
        assert "/me/snils" not in anna.get("/me").get_data(as_text=True)
        assert town.flows.machines.metadata["acr_values_supported"] == ["simplified"]
