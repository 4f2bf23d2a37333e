"""The ways in which people come: with and without JavaScript, at a desk and on a phone, by language and scheme."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    script: bool = True
    width: int = 1280
    locale: str = "ru"
    scheme: str = "light"

    def __str__(self) -> str:
        return f"{self.width}-{self.locale}-{self.scheme}{'' if self.script else '-no-js'}"

    @property
    def height(self) -> int:
        return 900 if self.width > 600 else 844


DESK = Way()
PHONE = Way(width=390, locale="en", scheme="dark")
PLAIN_DESK = Way(script=False)
PLAIN_PHONE = Way(script=False, width=390)
