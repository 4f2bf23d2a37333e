"""The file of clients: every member's line, whatever TOML allows between them."""

import pytest

from idp.clients.client_file import read_clients
from idp.kernel.refusal import Faulty

FILE = '''# Clients of the city
colour = "red"

[[clients]]
client_id = "parking"   # the first
client_name = """
[[clients]]
client_id = "not a client"
"""
redirect_uris = [
    "https://parking.test/a",
    # a comment
    "https://parking.test/b",
]
"scope" = "openid email"
scope_purposes.email.ru = "Чек"
client_secret = "env:PARKING"

[clients.jwks]
keys = [{ kty = "EC" }]

[[clients]]
client_id = 'library'
disabled = true
[clients.scope_purposes.email]
ru = "Счёт"
[[clients.jwks.keys]]
kty = "EC"

[other]
client_name = "x"
'''


def test_every_member_has_its_line():
    file = read_clients(FILE)
    parking, library = file.entries

    assert (parking.client_id, parking.line, parking.secret) == ("parking", 4, "env:PARKING")
    assert parking.lines == {
        "client_id": 5,
        "client_name": 6,
        "redirect_uris": 10,
        "scope": 15,
        "scope_purposes": 16,
        "client_secret": 17,
        "jwks": 19,
    }
    assert (library.client_id, library.line, library.disabled) == ("library", 22, True)
    assert library.lines == {"client_id": 23, "disabled": 24, "scope_purposes": 25, "jwks": 27}
    assert [(fault.field, fault.params["line"]) for fault in file.faults] == [("colour", 2), ("other", 30)]


def test_only_a_line_feed_ends_a_line():
    file = read_clients("[[clients]]\nclient_name = 'a\u2028b\x85c'\nclient_id = 'x'\ncolour = 1")

    assert file.entries[0].lines == {"client_name": 2, "client_id": 3, "colour": 4}


def test_lines_are_counted_with_carriage_returns_too():
    assert read_clients(FILE.replace("\n", "\r\n")).entries[1].lines["disabled"] == 24


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("clients = 5", ("clients", "client_file.not_tables", 1)),
        ("\n[clients]\nclient_id = 'x'", ("clients", "client_file.not_tables", 2)),
        ("[[clients]]\nclient_name = 'x'", ("client_id", "client_file.name_missing", 1)),
        ("[[clients]]\n\nclient_id = 5", ("client_id", "client_file.name_missing", 3)),
        ("[[clients]]\nclient_id = 'a'\n[[clients]]\nclient_id = 'a'", ("a.client_id", "client_file.twice", 4)),
        *(
            (
                f"[[clients]]\nclient_id = 'a'\nclient_secret = {wrong}",
                ("a.client_secret", "client_file.secret_written", 3),
            )
            for wrong in ("5", "''", "'hunter2'", "'env:'", "'env:A B'", "'file:'", "{ env = 'A' }")
        ),
        ("[[clients]]\nclient_id = 'a'\ndisabled = 'yes'", ("a.disabled", "client.type_flag", 3)),
    ],
)
def test_what_is_wrong_with_the_file_is_told_with_its_line(text, fault):
    faults = read_clients(text).faults

    assert [(found.field, found.code, found.params["line"]) for found in faults] == [fault]


@pytest.mark.parametrize(
    "text", ["[[clients]]\nclient_id = ", "[[clients]]\nclient_id = @\nclient_name = 'x'", "\nx = " + "[" * 9999]
)
def test_what_is_no_toml_is_refused_with_its_line(text):
    with pytest.raises(Faulty, match=r"client_file\.unreadable.*'line': 2"):
        read_clients(text)
