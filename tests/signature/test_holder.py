"""Who holds a certificate, and whether that agrees with the account (D-11, Q-15)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.signature import numbers
from idp.signature.holder import Expected, Holder, Kind, normalised
from idp.signature.steps import SignatureRefused
from tests.signature import writer
from tests.signature.world import DIRECTOR, ENTREPRENEUR, PERSON, World
from tests.signature.writer import tlv

Subject = tuple[tuple[str, str | bytes], ...]


def without(subject: Subject, *names: str) -> Subject:
    return tuple(pair for pair in subject if pair[0] not in names)


def having(subject: Subject, **values: str | bytes) -> Subject:
    return (*without(subject, *values), *values.items())


def read(world: World, subject: Subject, expected: Expected | None = None) -> Holder:
    return world.login(world.message(world.holder(subject)), expected=expected)


@pytest.mark.parametrize(
    ("subject", "kind"), [(PERSON, Kind.PERSON), (ENTREPRENEUR, Kind.IP), (DIRECTOR, Kind.LEGAL)], ids=list(Kind)
)
def test_a_holder_is_a_person_an_entrepreneur_or_an_organisation(world: World, subject: Subject, kind: Kind) -> None:
    holder = read(world, subject)

    assert holder.kind is kind
    assert (holder.surname, holder.first_name, holder.patronymic) == ("Примеров", "Пётр", "Ильич")
    assert (holder.snils, holder.inn) == ("11223344595", "500100732259")
    assert holder.ogrn == ("1027700132195" if kind is Kind.LEGAL else None)
    assert holder.innle == ("7707083893" if kind is Kind.LEGAL else None)
    assert holder.ogrnip == ("304500116000157" if kind is Kind.IP else None)


#: What differs in the subject, and the code.
REFUSED: dict[str, tuple[Subject, str]] = {
    "organisation without OGRN": (without(DIRECTOR, "OGRN"), "organisation_without_ogrn"),
    "O alone": (having(PERSON, O="ООО «Пример»"), "organisation_without_ogrn"),
    "T alone": (having(PERSON, T="Директор"), "organisation_without_ogrn"),
    "INNLE alone": (having(PERSON, INNLE="7707083893"), "organisation_without_ogrn"),
    "an organisation's INN in the old form alone": (having(PERSON, INN="007707083893"), "organisation_without_ogrn"),
    "entrepreneur with O": (having(ENTREPRENEUR, O="ИП Примеров"), "organisation_without_ogrn"),
    "O, though empty": (having(PERSON, O=writer.utf8("")), "organisation_without_ogrn"),
    "an entrepreneur's automatic signing": (without(ENTREPRENEUR, "SN", "G", "SNILS"), "seal"),
    "a name of 513 letters": (having(PERSON, SN="я" * 513), "name_too_long"),
    "an empty OGRN": (having(PERSON, OGRN=writer.utf8("")), "holder_incomplete"),
    "an empty OGRNIP": (having(PERSON, OGRNIP=writer.utf8("")), "holder_number"),
    "half a surrogate": (having(PERSON, SN=tlv(0x1E, b"\xd8\x00\x00a")), "malformed"),
    "a BMP string of odd length": (having(PERSON, SN=tlv(0x1E, b"\x04\x10\x04")), "malformed"),
    "Cyrillic in a PrintableString": (having(PERSON, SN=tlv(0x13, "Примеров".encode())), "malformed"),
    "automatic signing": (without(DIRECTOR, "SN", "G", "SNILS", "INN"), "seal"),
    "both numbers": (having(DIRECTOR, OGRNIP="304500116000157"), "holder_ambiguous"),
    "no surname": (without(PERSON, "SN"), "holder_incomplete"),
    "no given name": (without(PERSON, "G"), "holder_incomplete"),
    "blank surname": (having(PERSON, SN=" "), "holder_incomplete"),
    "no SNILS": (without(PERSON, "SNILS"), "holder_incomplete"),
    "no INN": (without(PERSON, "INN"), "holder_incomplete"),
    "head without SNILS": (without(DIRECTOR, "SNILS"), "holder_incomplete"),
    "head without surname": (without(DIRECTOR, "SN"), "holder_incomplete"),
    "organisation without INN": (without(DIRECTOR, "INNLE"), "holder_incomplete"),
    "organisation without a name": (without(DIRECTOR, "O", "CN"), "holder_incomplete"),
    "wrong SNILS": (having(PERSON, SNILS="11223344596"), "holder_number"),
    "short SNILS": (having(PERSON, SNILS="1122334459"), "holder_number"),
    "SNILS with dashes": (having(PERSON, SNILS="112-233-445 95"), "holder_number"),
    "wrong INN": (having(PERSON, INN="500100732258"), "holder_number"),
    "INN of ten digits in a person's place": (having(PERSON, INN="7707083893"), "holder_number"),
    "wrong OGRN": (having(DIRECTOR, OGRN="1027700132196"), "holder_number"),
    "OGRN of another register": (having(DIRECTOR, OGRN="2027700132194"), "holder_number"),
    "wrong INNLE": (having(DIRECTOR, INNLE="7707083894"), "holder_number"),
    "two organisations": (having(DIRECTOR, INN="007799999997"), "holder_number"),
    "wrong OGRNIP": (having(ENTREPRENEUR, OGRNIP="304500116000158"), "holder_number"),
    "SNILS twice": ((*PERSON, ("SNILS", "08765430200")), "attribute_twice"),
    "surname twice": ((*PERSON, ("SN", "Другой")), "attribute_twice"),
    "OGRN twice": ((*DIRECTOR, ("OGRN", "1277799999993")), "attribute_twice"),
    "a NUL in the name": (having(PERSON, SN="Примеров\0"), "malformed"),
    "octets that are no UTF-8": (having(PERSON, SN=tlv(0x0C, b"\xff\xfe")), "malformed"),
    "T61String": (having(PERSON, SN=tlv(0x14, b"Primerov")), "malformed"),
    "digits of another script": (having(PERSON, SNILS=writer.utf8("１１２２３３４４５９５")), "holder_number"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_subject_with_a_fault_is_refused_for_it(world: World, case: str) -> None:
    subject, code = REFUSED[case]
    with pytest.raises(SignatureRefused) as refusal:
        read(world, subject)
    assert refusal.value.code == f"signature.{code}"


def test_before_2021_an_organisations_inn_stood_in_a_persons_place(world: World) -> None:
    holder = read(world, having(without(DIRECTOR, "INNLE"), INN="007707083893"))
    assert (holder.inn, holder.innle) == (None, "7707083893")


@pytest.mark.parametrize("encoded", [tlv(0x13, b"11223344595"), writer.utf8("11223344595"), tlv(0x16, b"11223344595")])
def test_numbers_come_in_any_string_type(world: World, encoded: bytes) -> None:
    assert read(world, having(PERSON, SNILS=encoded)).snils == "11223344595"


def test_names_come_as_bmp_strings_too(world: World) -> None:
    assert read(world, having(PERSON, SN=tlv(0x1E, "Ёжиков".encode("utf-16-be")))).surname == "Ёжиков"


def test_a_long_name_is_a_name(world: World) -> None:
    assert read(world, having(DIRECTOR, O="Я" * 512, CN="Ю" * 300)).organization == "Я" * 512


def test_a_single_name_has_no_patronymic(world: World) -> None:
    assert read(world, having(PERSON, G="Пётр")).patronymic is None


@pytest.mark.parametrize(
    "expected",
    [
        Expected(),
        Expected(surname="ПРИМЕРОВ", given_name=" петр  ильич "),
        Expected(snils="112-233-445 95", inn="5001 0073 2259"),
        Expected(kind=Kind.PERSON, cn="Примеров Петр Ильич"),
    ],
)
def test_an_account_agrees_as_people_write(world: World, expected: Expected) -> None:
    assert read(world, PERSON, expected).kind is Kind.PERSON


def test_an_organisations_account_agrees_as_people_write(world: World) -> None:
    expected = Expected(
        Kind.LEGAL,
        ogrn="1027700132195",
        innle="007707083893",
        organization='ООО "ПРИМЕР"',
        title="директор",
        snils="11223344595",
    )
    assert read(world, DIRECTOR, expected).kind is Kind.LEGAL
    old = Expected(inn="00 7707083893")
    assert read(world, DIRECTOR, old).kind is Kind.LEGAL
    assert read(world, having(without(DIRECTOR, "INNLE"), INN="007707083893"), old).innle == "7707083893"


@pytest.mark.parametrize(
    ("expected", "code"),
    [
        (Expected(snils="08765430200"), "snils_differs"),
        (Expected(surname="Другой"), "name_differs"),
        (Expected(given_name="Пётр"), "name_differs"),
        (Expected(cn="Другой"), "name_differs"),
        (Expected(inn="779999999039"), "inn_differs"),
        (Expected(innle="7799999997"), "innle_differs"),
        (Expected(inn="007799999997"), "innle_differs"),
        (Expected(ogrn="1277799999993"), "ogrn_differs"),
        (Expected(ogrnip="304500116000157"), "ogrnip_differs"),
        (Expected(kind=Kind.PERSON), "kind_differs"),
        (Expected(organization="ООО «Другое»"), "organisation_differs"),
        (Expected(title="Бухгалтер"), "title_differs"),
        (Expected(surname="Пpимеров"), "name_differs"),  # a Latin p
    ],
)
def test_what_differs_from_the_account_is_named(world: World, expected: Expected, code: str) -> None:
    with pytest.raises(SignatureRefused) as refusal:
        read(world, DIRECTOR, expected)
    assert refusal.value.code == f"signature.{code}"


def test_names_are_compared_in_one_form() -> None:
    assert normalised("  семЁнов\u00a0 ") == normalised("Семёнов") == "СЕМЕНОВ"
    assert normalised("Й") == normalised("И\u0306")


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (numbers.is_snils, ["11223344595", "08765430200", "08765430300", "90000005900", "00100199801", "00000000100"]),
        (numbers.is_organisation_inn, ["7707083893", "7799999997"]),
        (numbers.is_person_inn, ["500100732259", "779999999039"]),
        (numbers.is_ogrn, ["1027700132195", "1277799999993", "1277000000090"]),
        (numbers.is_ogrnip, ["304500116000157", "312779999999992", "312770000000090"]),
    ],
)
def test_check_digits(check: object, right: list[str]) -> None:
    assert callable(check)
    for number in right:
        assert check(number)
        assert not check(number + "0")
        assert not check(number[:-1])
        assert not check(" " + number[1:])
        assert not check("")
    last = right[0]
    assert [digit for digit in "0123456789" if check(last[:-1] + digit)] == [last[-1]]


def test_a_snils_of_zeros_is_none() -> None:
    assert not numbers.is_snils("00000000000")


@given(st.integers(10**12, 10**13 - 1))
def test_every_remainder_of_an_ogrnip_has_a_check_digit(number: int) -> None:
    """The last digit of the remainder counts, also where it has two."""
    body = "30" + str(number)[1:]
    assert sum(numbers.is_ogrnip(body + digit) for digit in "0123456789") == 1
