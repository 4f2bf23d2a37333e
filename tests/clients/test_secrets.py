"""Client secrets: only the right one fits, and a wrong name costs as much as a wrong secret."""

import pytest

from idp.clients import secrets
from idp.clients.client import Client
from idp.kernel.ids import digest

SECRET, KEPT = secrets.make_secret()
CLIENT = Client("a", "A", secret_digest=KEPT)


def test_the_digest_is_kept():
    assert digest(SECRET) == KEPT
    assert len(SECRET) >= 43


@pytest.mark.parametrize(
    ("client", "secret", "fits"),
    [
        (CLIENT, SECRET, True),
        (CLIENT, SECRET + "x", False),
        (CLIENT, "", False),
        (CLIENT, KEPT, False),
        (CLIENT, "секрет", False),
        (Client("b", "B"), "", False),
        (Client("b", "B"), SECRET, False),
        (None, SECRET, False),
        (None, "", False),
    ],
)
def test_only_the_right_secret_of_a_client_that_has_one_fits(client, secret, fits):
    assert secrets.has_secret(client, secret) is fits


def test_a_comparison_is_made_for_nobody_too(monkeypatch):
    compared = []
    same = secrets.same
    monkeypatch.setattr(secrets, "same", lambda *given: compared.append(given) or same(*given))
    for client in (CLIENT, None, Client("b", "B")):
        secrets.has_secret(client, "wrong")

    assert len(compared) == 3
    assert {len(part) for given in compared for part in given} == {64}
