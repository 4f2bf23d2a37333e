"""Settings: one file, the environment over it, all faults at once."""

from pathlib import Path

import pytest

from idp.kernel.refusal import Faulty
from idp.kernel.settings import Settings, load


def test_nothing_given_means_the_defaults() -> None:
    assert load(None, {}) == Settings()


def test_the_explained_defaults_are_the_defaults() -> None:
    assert load(Path("config/default.toml"), {}) == Settings()


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = tmp_path / "idp.toml"
    path.write_text('[limits]\nsign_in_tries = 3\ncode_tries = 4\n[server]\nissuer = "https://id.example.ru"\n')

    settings = load(path, {"IDP__LIMITS__SIGN_IN_TRIES": "7", "OTHER": "1"})

    assert settings.limits.sign_in_tries == 7
    assert settings.limits.code_tries == 4
    assert settings.issuer == "https://id.example.ru"


def test_every_fault_is_named_at_once() -> None:
    environment = {
        "IDP__LIMITS__SIGN_IN_TRIES": "many",
        "IDP__LIMITS__NO_SUCH": "1",
        "IDP__NOWHERE__X": "1",
        "IDP__SERVER__DEMO": "perhaps",
        "IDP__TOKENS__CODE_SECONDS": "-1",
        "IDP__SERVER__ISSUER": "https://id.test/",
        "IDP__MAIL__SENDER": "City Sign-in",
    }

    with pytest.raises(Faulty) as refused:
        load(None, environment)

    assert {(fault.field, fault.code) for fault in refused.value.faults} == {
        ("limits.sign_in_tries", "setting.wrong_type"),
        ("limits.no_such", "setting.unknown"),
        ("nowhere", "setting.unknown"),
        ("server.demo", "setting.wrong_type"),
        ("tokens.code_seconds", "setting.wrong_type"),
        ("server.issuer", "setting.issuer_ends_in_slash"),
        ("mail.sender", "setting.not_a_sender"),
    }
    # How a value is written, not what Python calls its type.
    written = {fault.field: fault.params["type"] for fault in refused.value.faults if "type" in fault.params}
    assert written["limits.sign_in_tries"] == "0, 1, 2…" and written["server.demo"] == "true / false"


@pytest.mark.parametrize(
    ("issuer", "demo", "allowed"),
    [
        ("https://id.example.ru", "no", True),
        ("http://localhost:8000", "no", True),
        ("http://127.0.0.1:8000", "no", True),
        ("http://city.example:8000", "no", False),
        ("http://city.example:8000", "yes", True),
        ("ftp://localhost", "yes", False),
        ("https://id.example.ru?x=1", "no", False),
        ("id.example.ru", "no", False),
    ],
)
def test_http_goes_only_on_loopback_or_in_the_declared_demo_mode(issuer: str, demo: str, allowed: bool) -> None:
    environment = {"IDP__SERVER__ISSUER": issuer, "IDP__SERVER__DEMO": demo}
    if allowed:
        assert load(None, environment).issuer == issuer
    else:
        with pytest.raises(Faulty):
            load(None, environment)


def test_a_list_from_the_environment_is_split_at_commas() -> None:
    settings = load(None, {"IDP__OUTGOING__INTERNAL_NETWORKS": "127.0.0.0/8, ::1/128"})

    assert settings.outgoing.internal_networks == ("127.0.0.0/8", "::1/128")


def test_an_unreadable_file_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "idp.toml"
    path.write_text("limits = [")

    with pytest.raises(Faulty) as refused:
        load(path, {})

    assert refused.value.faults[0].code == "setting.unreadable"


def test_the_example_for_production_says_what_differs_and_nothing_that_is_unknown() -> None:
    settings = load(Path("config/production.toml.example"), {})

    assert settings.secure and not settings.server.demo
    assert settings.database.url.startswith("sqlite:////")


@pytest.mark.parametrize(
    "sender", ["a@gorod.test", "Вход <no-reply@gorod.test>", '"Вход, города" <no-reply@gorod.test>']
)
def test_letters_come_from_an_address(sender: str) -> None:
    assert load(None, {"IDP__MAIL__SENDER": sender}).mail.sender == sender
