"""Words for people: the ru and en catalogues, read once at start.

Code holds no words: a page, a letter or a refusal names a code and the catalogue has its text. A text may hold
simple mark-up of our own; parameters are always escaped when the result goes into a page.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from markupsafe import Markup

LOCALES = ("ru", "en")
NO_BREAK = "\u00a0"
#: After words of one or two letters, between digits and their unit, and before a dash, a line must not break.
_SHORT = re.compile(r"(?<![\w&<])(\w{1,2}|не|для|или|при|без|над|под|про|the|a) (?=[\w«])")
_NUMBER = re.compile(r"(?<=\d) (?=\w)")


class MissingWords(KeyError):
    """A code has no text in the catalogue: a fault of ours that the tests catch."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language: ``words(code, **params)`` for pages (escaped), ``words.plain`` for letters, ``many`` for counts."""

    locale: str
    translations: Translations

    def __call__(self, code: str, /, **params: Any) -> Markup:
        text = self._text(code)
        return Markup(text).format(**params) if params else Markup(text)

    def plain(self, code: str, /, **params: Any) -> str:
        text = self._text(code)
        return text.format(**params) if params else text

    def many(self, code: str, number: int, /, **params: Any) -> Markup:
        """Return the text for this number of things; ``{number}`` stands for the number."""
        text = self.translations.ungettext(code, code + ".many", number)
        if text in (code, code + ".many"):
            raise MissingWords(f"{code} ({self.locale})")
        return Markup(text).format(number=number, **params)

    def has(self, code: str) -> bool:
        return bool(self.translations.gettext(code) != code)

    def _text(self, code: str) -> str:
        text: str = self.translations.gettext(code)
        if text == code:
            raise MissingWords(f"{code} ({self.locale})")
        return text


@lru_cache(maxsize=1)
def catalogues() -> Mapping[str, Words]:
    """Read both catalogues; a package may be split over several ``.po`` files of one folder."""
    return {locale: Words(locale, _read(locale)) for locale in LOCALES}


def _read(locale: str) -> Translations:
    merged: Translations | None = None
    folder = files("idp.web").joinpath("translations", locale)
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".po"):
            continue
        catalogue = read_po(io.BytesIO(entry.read_bytes()), locale=locale)
        for message in catalogue:
            if message.id and isinstance(message.string, str):
                message.string = keep_together(message.string)
            elif message.id and message.string:
                message.string = tuple(keep_together(form) for form in message.string)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        part = Translations(compiled)
        merged = part if merged is None else merged.merge(part)
    assert merged is not None, f"no catalogue for {locale}"
    return merged


def keep_together(text: str) -> str:
    """Put no-break spaces where the voice guide asks for them; inside tags nothing changes."""
    parts = re.split(r"(<[^>]*>)", text)
    for index in range(0, len(parts), 2):
        part = _SHORT.sub(lambda match: match.group(1) + NO_BREAK, parts[index])
        part = _SHORT.sub(lambda match: match.group(1) + NO_BREAK, part)
        part = _NUMBER.sub(NO_BREAK, part)
        parts[index] = part.replace(" — ", NO_BREAK + "— ").replace(" – ", NO_BREAK + "– ")
    return "".join(parts)
