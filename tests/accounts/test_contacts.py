"""Contacts as people write them, as they are kept, and as they are shown to somebody who may not see them."""

import pytest

from idp.accounts.contacts import mask_email, mask_phone, parse_email, parse_phone, show_phone
from idp.kernel.refusal import Refused


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+7 900 123-45-67", "+79001234567"),
        ("8 (900) 123 45 67", "+79001234567"),
        ("9001234567", "+79001234567"),
        ("7-900-123-45-67", "+79001234567"),
    ],
)
def test_a_phone_may_be_written_in_every_way(written: str, kept: str) -> None:
    assert parse_phone(written) == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "phone.missing"),
        ("нет", "phone.missing"),
        ("900123456", "phone.length"),
        ("+7 900 123-45-678", "phone.length"),
        ("+7 495 123-45-67", "phone.not_mobile"),
        ("+375 29 123-45-67", "phone.length"),
    ],
)
def test_a_wrong_phone_is_told_exactly(written: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_phone(written)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Anna@Example.RU ", "anna@example.ru"),
        ("анна@пример.рф", "анна@пример.рф"),
        ("a+b@example.ru", "a+b@example.ru"),
    ],
)
def test_an_address_is_kept_in_one_form(written: str, kept: str) -> None:
    assert parse_email(written) == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "email.missing"),
        ("anna", "email.no_at"),
        ("anna@", "email.malformed"),
        ("anna@@example.ru", "email.malformed"),
        ("anna@example.ru\nBcc: all@example.ru", "email.malformed"),
        ("a b@example.ru", "email.malformed"),
        ("x" * 80 + "@example.ru", "email.malformed"),
    ],
)
def test_a_wrong_address_is_told_exactly(written: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_email(written)

    assert refused.value.code == code


def test_masks_leave_enough_to_recognise_and_no_more() -> None:
    assert mask_phone("+79001234567") == "+7 ••• •••-••-67"
    assert mask_email("anna.belova@example.ru") == "a•••@example.ru"
    assert show_phone("+79001234567") == "+7 900 123-45-67"
