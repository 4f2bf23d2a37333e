"""SNILS as people write it: one spelling, the check digits and the numbers that have none, the masked form."""

import pytest

from idp.assurance.identifiers import Snils, check_digits, looks_like_snils
from idp.kernel.refusal import Refused


@pytest.mark.parametrize(
    "text",
    [
        "11223344595",
        "112-233-445 95",
        " 112 233 445 95 ",
        "112\u00a0233\u00a0445\u00a095",
        "112–233–445‑95",
        "112.233.445.95",
        "112−233−445—95",
        "\uff11\uff11\uff12-233-445 95",
    ],
)
def test_every_way_of_writing_it_is_one_number(text: str) -> None:
    assert Snils.parse(text).digits == "11223344595"


@pytest.mark.parametrize("digits", ["08765430200", "08765430300", "90000005900", "11223344595"])
def test_check_digits_are_the_sum_modulo_101_and_100_counts_as_00(digits: str) -> None:
    assert check_digits(digits[:9]) == digits[9:]
    assert Snils.parse(digits).digits == digits


@pytest.mark.parametrize("digits", ["00100199800", "00000000155", "00100199899"])
def test_numbers_up_to_001_001_998_carry_no_check(digits: str) -> None:
    assert Snils.parse(digits).digits == digits


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "snils.missing"),
        (" - ", "snils.missing"),
        ("112-233-445 9", "snils.length"),
        ("112-233-445 955", "snils.length"),
        ("11223344596", "snils.check_digits"),
        ("00100199900", "snils.check_digits"),
        ("00000000000", "snils.zeros"),
        ("00000000042", "snils.zeros"),
        ("112-2зз-445 95", "snils.signs"),
        ("112-233-445 9O", "snils.signs"),
        ("١١٢٢٣٣٤٤٥٩٥", "snils.signs"),
        ("x" * 10_000, "snils.signs"),
    ],
)
def test_what_can_not_be_one_is_refused_by_its_fault(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        Snils.parse(text)
    assert refused.value.code == code


def test_printed_it_is_masked() -> None:
    snils = Snils.parse("112-233-445 95")
    assert (snils.masked, str(snils), snils.written) == ("112-•••-••• 95", "112-•••-••• 95", "112-233-445 95")
    assert "233" not in repr(snils)


@pytest.mark.parametrize(
    ("text", "looks"), [("112-233-445 95", True), ("112 233 445 95", True), ("89001234567", False)]
)
def test_the_way_it_is_written_tells_it_from_a_telephone(text: str, looks: bool) -> None:
    assert looks_like_snils(text) is looks
