"""Names of persons and own logins: what is taken, and what exactly is wrong with the rest."""

import pytest

from idp.accounts.login_name import parse_login
from idp.accounts.personal_name import parse_name
from idp.kernel.refusal import Refused


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Белова", "Белова"),
        ("  Мария   Антуанетта ", "Мария Антуанетта"),
        ("Салтыков-Щедрин", "Салтыков-Щедрин"),
        ("О'Нил", "О'Нил"),
        ("Ёлкина", "Ёлкина"),
        ("И\u0306орк", "Йорк"),
        ("O'Connor", "O'Connor"),
        ("Кызы", "Кызы"),
    ],
)
def test_names_are_kept_in_one_spelling(written: str, kept: str) -> None:
    assert parse_name(written, "family_name") == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "family_name.missing"),
        ("   ", "family_name.missing"),
        ("Б" * 61, "name.too_long"),
        ("Белова2", "name.signs"),
        ("Белова<b>", "name.signs"),
        ("-Белова", "name.signs"),
        ("Бел\u202eова", "name.signs"),
        ("Бeлова", "name.mixed_alphabets"),
    ],
)
def test_what_is_wrong_with_a_name_is_told_exactly(written: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_name(written, "family_name")

    assert refused.value.code == code


def test_a_patronymic_may_be_absent() -> None:
    assert parse_name(" ", "middle_name", required=False) == ""


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "login.missing"),
        ("ab", "login.length"),
        ("a" * 41, "login.length"),
        ("1anna", "login.signs"),
        ("анна", "login.signs"),
        ("anna@example", "login.signs"),
        ("an na", "login.signs"),
    ],
)
def test_a_login_is_like_no_phone_and_no_address(written: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_login(written)

    assert refused.value.code == code


def test_a_login_is_kept_as_typed() -> None:
    assert parse_login(" Anna.Belova-1 ") == "Anna.Belova-1"
