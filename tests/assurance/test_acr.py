"""The acr table of the requirements, cell by cell, and the rules about it."""

import pytest

from idp.assurance import acr
from idp.assurance.acr import TABLE, AcrRequest, Acting, Way, answer, asked, session_gives, supported, ways
from idp.assurance.levels import Level

YES, CONFIRM, SNILS, CENTRE, CERTIFICATE = None, Way.CONFIRM, Way.SNILS, Way.CENTRE, Way.CERTIFICATE
VALUES = ("simplified", "standard", "full", "legal-entity")
#: Written from the requirements, not from the code.
CELLS = [
    (None, "self", (CONFIRM, CONFIRM, CONFIRM, CONFIRM)),
    ("simplified", "self", (YES, SNILS, CENTRE, CERTIFICATE)),
    ("standard", "self", (YES, YES, CENTRE, CERTIFICATE)),
    ("full", "self", (YES, YES, YES, CERTIFICATE)),
    ("standard", "certificate", (YES, YES, CENTRE, YES)),
    ("full", "certificate", (YES, YES, YES, YES)),
    ("simplified", "delegation", (YES, SNILS, CENTRE, CERTIFICATE)),
    ("standard", "delegation", (YES, YES, CENTRE, CERTIFICATE)),
    ("full", "delegation", (YES, YES, YES, CERTIFICATE)),
]
ONE_BY_ONE = [
    (level and Level(level), Acting(acting), value, way)
    for level, acting, row in CELLS
    for value, way in zip(VALUES, row, strict=True)
]


@pytest.mark.parametrize(("level", "acting", "value", "way"), ONE_BY_ONE)
def test_every_cell_gives_the_value_or_names_the_next_step(level, acting, value, way):
    request = AcrRequest((value,), binding=True)

    assert (value in session_gives(level, acting)) is (way is YES)
    assert answer(request, session_gives(level, acting), str(level)) == (value if way is YES else None)
    assert ways(request, level, acting, available=Way) == (() if way is YES else (way,))


def test_the_table_has_no_other_rows():
    assert set(TABLE) == {(level and Level(level), Acting(acting)) for level, acting, _ in CELLS}


def test_below_standard_nobody_acts_by_certificate():
    assert (Level.SIMPLIFIED, Acting.CERTIFICATE) not in TABLE


@pytest.mark.parametrize(
    ("acr_values", "essential", "defaults", "minimum", "expected"),
    [
        ([], [], [], "", AcrRequest()),
        (["full", "standard"], [], [], "", AcrRequest(("full", "standard"))),
        ([], [], ["standard"], "", AcrRequest(("standard",))),
        (["full"], [], ["standard"], "", AcrRequest(("full",))),
        (["full"], ["standard"], ["full"], "", AcrRequest(("standard",), binding=True)),
        # The minimum takes lower values away, and is itself asked if nothing is left.
        ([], [], [], "standard", AcrRequest(("standard",), binding=True)),
        (["simplified"], [], [], "standard", AcrRequest(("standard",), binding=True)),
        (["simplified", "full"], [], [], "standard", AcrRequest(("full",), floor="standard")),
        ([], ["simplified"], [], "standard", AcrRequest(("standard",), binding=True)),
        ([], ["simplified", "full"], [], "standard", AcrRequest(("full",), binding=True)),
        # Whoever acts by certificate is a person of standard access, but need not be one of full.
        (["legal-entity"], [], [], "standard", AcrRequest(("legal-entity",), floor="standard")),
        (["legal-entity"], [], [], "full", AcrRequest(("full",), binding=True)),
        # What we don't know is passed over; twice is once.
        (["urn:gold", "full", "full"], [], [], "", AcrRequest(("full",))),
        (["urn:gold"], [], [], "", AcrRequest()),
        ([], ["urn:gold"], [], "", AcrRequest((), binding=True)),
        ([], ["urn:gold"], [], "standard", AcrRequest((), binding=True)),
    ],
)
def test_what_is_asked(acr_values, essential, defaults, minimum, expected):
    assert asked(acr_values, essential, defaults, minimum) == expected


@pytest.mark.parametrize(
    ("request_", "level", "expected"),
    [
        (AcrRequest(), "full", "full"),
        (AcrRequest(("simplified", "standard")), "full", "simplified"),
        (AcrRequest(("full", "standard")), "standard", "standard"),
        (AcrRequest(("full",)), "standard", "standard"),
        (AcrRequest(("full",), binding=True), "standard", None),
        (AcrRequest((), binding=True), "full", None),
        (AcrRequest(("full",), floor="standard"), "standard", "standard"),
        (AcrRequest(("full",), floor="standard"), "simplified", None),
    ],
)
def test_the_first_asked_value_that_is_given_is_the_answer_else_the_real_level_unless_it_binds(
    request_, level, expected
):
    assert answer(request_, session_gives(Level(level)), level) == expected


def test_only_ways_that_exist_are_offered_in_the_asked_order():
    wishes = AcrRequest(("full", "standard", "legal-entity"))

    assert ways(wishes, Level.SIMPLIFIED, available=Way) == (CENTRE, SNILS, CERTIFICATE)
    assert ways(wishes, Level.SIMPLIFIED, available={SNILS}) == (SNILS,)
    assert ways(wishes, Level.SIMPLIFIED) == (SNILS,)
    assert ways(wishes, Level.STANDARD) == ()


def test_what_can_be_reached_today_is_what_discovery_names():
    assert {CONFIRM, SNILS} == acr.AVAILABLE
    assert supported() == ("simplified", "standard")
    assert supported(Way) == VALUES
