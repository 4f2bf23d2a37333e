"""The demo's own words, Russian and English: ``catalogues/*.toml``. Templates call ``t("code", name=value)``."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

LOCALES = ("ru", "en")
_FOLDER = Path(__file__).parent / "catalogues"
#: A line doesn't break after a short word, nor before a dash.
_SHORT = re.compile(r"(?<![\w&<\u00a0])(\w{1,2}|не|для|или|при|без|the) (?=[\w«{])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Parameters are escaped; a missing code is a fault that the tests catch."""

    locale: str
    texts: Mapping[str, str]

    def __call__(self, code: str, **params: Any) -> str:
        text = Markup(self.texts[code])  # noqa: S704 - the catalogues are ours
        return text.format(**params) if params else text

    def has(self, code: str) -> bool:
        return code in self.texts


def _read(locale: str) -> Words:
    with (_FOLDER / f"{locale}.toml").open("rb") as file:
        return Words(locale, dict(_flat("", tomllib.load(file))))


def _flat(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            found += _flat(f"{prefix}{key}.", value)
        else:
            text = _SHORT.sub("\\1\u00a0", str(value))
            found.append((prefix + key, _SHORT.sub("\\1\u00a0", text).replace(" — ", "\u00a0— ")))
    return found


WORDS: Mapping[str, Words] = {locale: _read(locale) for locale in LOCALES}
