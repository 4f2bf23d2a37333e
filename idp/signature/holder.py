"""Who holds a certificate: a person, an entrepreneur, or an organisation with its head (FSB order 795, D-11)."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from idp.kernel.refusal import Refused
from idp.signature.certificate import Certificate
from idp.signature.names import Name
from idp.signature.numbers import is_ogrn, is_ogrnip, is_organisation_inn, is_person_inn, is_snils
from idp.signature.steps import Step


class Kind(StrEnum):
    PERSON = "person"
    IP = "ip"
    LEGAL = "legal"


@dataclass(frozen=True, slots=True)
class Holder:
    """A verified holder. ``inn`` is the person's, ``innle`` the organisation's, whatever form the certificate has."""

    kind: Kind
    surname: str
    given_name: str
    snils: str
    inn: str | None
    innle: str | None
    ogrn: str | None
    ogrnip: str | None
    cn: str | None
    organization: str | None
    title: str | None
    certificate: Certificate
    steps: tuple[Step, ...] = field(default=(), compare=False, repr=False)

    @property
    def first_name(self) -> str:
        return self.given_name.split(" ", 1)[0]

    @property
    def patronymic(self) -> str | None:
        """What follows the first name; certificates hold both in one value."""
        _, _, rest = self.given_name.partition(" ")
        return rest.strip() or None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the account says; what is None is not compared."""

    kind: Kind | None = None
    surname: str | None = None
    given_name: str | None = None
    snils: str | None = None
    inn: str | None = None
    innle: str | None = None
    ogrn: str | None = None
    ogrnip: str | None = None
    cn: str | None = None
    organization: str | None = None
    title: str | None = None


def read(certificate: Certificate) -> Holder:
    """Return the holder whom the subject names, with every number checked, or refuse."""
    subject = certificate.subject
    surname, given_name = subject.one("SN"), subject.one("G")
    ogrn, ogrnip = subject.one("OGRN"), subject.one("OGRNIP")
    organization, title = subject.one("O"), subject.one("T")
    inn, innle = _tax_numbers(subject)
    if ogrn is None and any(value is not None for value in (organization, title, innle)):
        raise Refused("signature.organisation_without_ogrn")
    if ogrn is not None and ogrnip is not None:
        raise Refused("signature.holder_ambiguous")
    kind = Kind.LEGAL if ogrn is not None else Kind.IP if ogrnip is not None else Kind.PERSON
    if kind is not Kind.PERSON and surname is None and given_name is None:
        raise Refused("signature.seal")
    snils = subject.one("SNILS")
    cn = subject.one("CN")
    needed = {"SN": surname, "G": given_name, "SNILS": snils}
    needed |= {"INNLE": innle, "O": organization or cn} if kind is Kind.LEGAL else {"INN": inn}
    for name, value in needed.items():
        if not (value or "").strip():
            raise Refused("signature.holder_incomplete", attribute=name)
    _require("SNILS", snils, is_snils)
    _require("INN", inn, is_person_inn)
    _require("INNLE", innle, is_organisation_inn)
    _require("OGRN", ogrn, is_ogrn)
    _require("OGRNIP", ogrnip, is_ogrnip)
    return Holder(
        kind=kind,
        surname=_tidy(surname or ""),
        given_name=_tidy(given_name or ""),
        snils=snils or "",
        inn=inn,
        innle=innle,
        ogrn=ogrn,
        ogrnip=ogrnip,
        cn=cn,
        organization=organization or (cn if kind is Kind.LEGAL else None),
        title=title,
        certificate=certificate,
    )


def _tax_numbers(subject: Name) -> tuple[str | None, str | None]:
    """Return the person's and the organisation's INN; before 2021 the latter stood in the former's place, after 00."""
    inn, innle = subject.one("INN"), _bare(subject.one("INNLE"))
    if inn is None or len(inn) != 12 or not inn.startswith("00"):
        return inn, innle
    if innle is not None and innle != inn[2:]:
        raise Refused("signature.holder_number", attribute="INN")
    return None, inn[2:]


def _bare(innle: str | None) -> str | None:
    """Return an organisation's INN without the zeros that fill it up to a person's length."""
    return innle[2:] if innle is not None and len(innle) == 12 and innle.startswith("00") else innle


def _require(attribute: str, value: str | None, is_right: Callable[[str], bool]) -> None:
    if value is not None and not is_right(value):
        raise Refused("signature.holder_number", attribute=attribute)


def require_agreement(holder: Holder, expected: Expected) -> None:
    """Refuse a certificate of somebody else: numbers to the digit, names as people write them (Q-15)."""
    if expected.kind is not None and expected.kind is not holder.kind:
        raise Refused("signature.kind_differs", kind=holder.kind, expected=expected.kind)
    inn, innle = _digits(expected.inn), _bare(_digits(expected.innle))
    if inn is not None and _bare(inn) != inn:
        inn, innle = None, innle or _bare(inn)  # an organisation's INN in the old form
    for code, wanted, found in (
        ("signature.snils_differs", _digits(expected.snils), holder.snils),
        ("signature.ogrn_differs", _digits(expected.ogrn), holder.ogrn),
        ("signature.ogrnip_differs", _digits(expected.ogrnip), holder.ogrnip),
        ("signature.innle_differs", innle, holder.innle),
        ("signature.inn_differs", inn, holder.inn),
    ):
        if wanted is not None and wanted != found:
            raise Refused(code)
    for name, code in (
        ("surname", "signature.name_differs"),
        ("given_name", "signature.name_differs"),
        ("cn", "signature.name_differs"),
        ("organization", "signature.organisation_differs"),
        ("title", "signature.title_differs"),
    ):
        text, own = getattr(expected, name), getattr(holder, name)
        if text is not None and normalised(text) != normalised(own or ""):
            raise Refused(code, attribute=name, found=own or "")


def _digits(number: str | None) -> str | None:
    """Accounts hold digits; people write spaces and dashes between them."""
    return None if number is None else "".join(character for character in number if character not in " -\u00a0")


_QUOTES = str.maketrans("«»„“”", '"' * 5)


def normalised(name: str) -> str:
    """Return a name as it is compared: one form of letters, spaces and quotation marks, capitals, ё as е."""
    return _tidy(unicodedata.normalize("NFC", name).translate(_QUOTES)).upper().replace("Ё", "Е")


def _tidy(text: str) -> str:
    return " ".join(text.split())
