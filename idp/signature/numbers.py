"""Check digits of Russian identifiers: SNILS, INN, OGRN, OGRNIP. Each takes bare digits and says if they are right.

Own functions, because python-stdnum refuses every OGRNIP whose remainder is 10 to 12.
"""

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
#: SNILS up to 001-001-998 were given out before there was a check number.
_SNILS_UNCHECKED = 1_001_998


def is_snils(text: str) -> bool:
    if not _digits(text, 11) or text[:9] == "000000000":
        return False
    if int(text[:9]) <= _SNILS_UNCHECKED:
        return True
    return sum(int(digit) * weight for digit, weight in zip(text, range(9, 0, -1), strict=False)) % 101 % 100 == int(
        text[9:]
    )


def is_person_inn(text: str) -> bool:
    return (
        _digits(text, 12)
        and text[:2] != "00"
        and _weighed(text, _INN_11) == int(text[10])
        and _weighed(text, _INN_12) == int(text[11])
    )


def is_organisation_inn(text: str) -> bool:
    return _digits(text, 10) and text[:2] != "00" and _weighed(text, _INN_10) == int(text[9])


def is_ogrn(text: str) -> bool:
    """A legal entity's number; other first digits belong to other entries of the register."""
    return _digits(text, 13) and text[0] in "15" and int(text[:12]) % 11 % 10 == int(text[12])


def is_ogrnip(text: str) -> bool:
    return _digits(text, 15) and text[0] == "3" and int(text[:14]) % 13 % 10 == int(text[14])


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def _weighed(text: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(text, weights, strict=False)) % 11 % 10
