"""The catalogues: both languages say the same things, with the same parameters, in the voice we want to speak in."""

import io
import re

import pytest
from babel.messages.pofile import read_po

from demo.words import WORDS
from idp.kernel.words import LOCALES
from tests.house import ROOT

TRANSLATIONS = ROOT / "idp" / "web" / "translations"
NAMES = sorted(path.name for path in (TRANSLATIONS / "ru").glob("*.po"))
#: Officialese, and what pretends to help; no exclamation marks, no hyphen for a dash, no dots for an ellipsis.
_UNWANTED = {
    "ru": r"осуществ|\bданн(ый|ая|ого|ой)\b|является|в целях|некоррект|пожалуйста|\(а\)|[а-я]!| - |\.\.\.|\"[А-Яа-я]",
    "en": r"\bplease\b|\binvalid\b(?! )|utili[sz]e|[a-z]!| - |\.\.\.",
}


def read(locale: str, name: str) -> dict[str, str]:
    """Return the texts of one file by code; several forms of one text are joined."""
    found: dict[str, str] = {}
    for message in read_po(io.BytesIO((TRANSLATIONS / locale / name).read_bytes()), locale=locale, abort_invalid=True):
        if message.id:
            code = message.id if isinstance(message.id, str) else message.id[0]
            assert code not in found, f"{locale}/{name} has {code} twice"
            forms = [message.string] if isinstance(message.string, str) else list(message.string)
            assert all(forms), f"{locale}/{name}: {code} is empty"
            found[code] = "\n".join(forms)
    return found


def test_both_languages_have_the_same_files() -> None:
    assert sorted(path.name for path in (TRANSLATIONS / "en").glob("*.po")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same_things(name: str) -> None:
    russian, english = read("ru", name), read("en", name)
    assert russian.keys() == english.keys(), f"{name}: {sorted(russian.keys() ^ english.keys())}"
    for code, text in russian.items():
        for pattern in (r"\{[a-z_]*\}", r"</?[a-z]+", r"(?:href|target|rel)=\"[^\"]*\""):
            there, here = set(re.findall(pattern, text)), set(re.findall(pattern, english[code]))
            assert there == here, f"{name}, {code}: {there ^ here} stands in one language alone"


def test_no_code_stands_in_two_files() -> None:
    seen: dict[str, str] = {}
    for name in NAMES:
        for code in read("ru", name):
            assert code not in seen, f"{code} stands in {seen[code]} and {name}: the later one would win"
            seen[code] = name


@pytest.mark.parametrize("locale", LOCALES)
def test_we_speak_as_a_careful_person_at_a_desk(locale: str) -> None:
    texts = {code: text for name in NAMES for code, text in read(locale, name).items()}
    texts |= {f"demo {code}": text for code, text in WORDS[locale].texts.items()}
    odd = {
        code: found.group()
        for code, text in texts.items()
        if (found := re.search(_UNWANTED[locale], re.sub(r"<[^>]*>", "", text)))
    }
    assert not odd, f"Say it as the voice in CONTRIBUTING.md wants it: {odd}"
