"""The password rule (SIM-05, Q-05): each way to break it has a code of its own."""

import pytest

from idp.accounts.password import canonical, normal_answer, require
from idp.kernel.refusal import Refused
from idp.kernel.settings import Passwords

RULE = Passwords(min_length=8, max_length=64)
OWN = ("Анна", "Belova", "anna.belova@example.ru")


@pytest.mark.parametrize("password", ["gorod-2026-les", "Tr0ub4dor&3", "a1!b2@c3#", "correct horse".replace(" ", "7")])
def test_what_the_rule_allows_is_taken(password: str) -> None:
    require(password, RULE, OWN)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password.missing"),
        ("ab12-cd", "password.too_short"),
        ("ab12" * 17, "password.too_long"),
        ("ab12 cd34", "password.space"),
        ("ab12\u00a0cd34", "password.space"),
        ("12345-67890", "password.no_latin"),
        ("gorod-les", "password.no_digit"),
        ("gorod-2026-лес", "password.foreign_sign"),
        ("gorod-2026-\u0000", "password.foreign_sign"),
        ("password1", "password.common"),
        ("aabb1aabb1", "password.common"),
        ("belova2026", "password.own_name"),
    ],
)
def test_what_the_rule_forbids_is_told_exactly(password: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        require(password, RULE, OWN)

    assert refused.value.code == code


def test_the_same_keys_give_the_same_password_everywhere() -> None:
    assert canonical("é") == canonical("e\u0301")


def test_case_yo_and_spaces_do_not_matter_in_an_answer() -> None:
    assert normal_answer("  Ёлка   На Горке ") == normal_answer("елка на горке")
