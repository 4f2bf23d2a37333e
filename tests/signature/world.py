"""An invented hierarchy of trust: a root, an accredited centre, holders of every kind, and lists that clear them."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from idp.signature.checker import Checker
from idp.signature.crl import read_list
from idp.signature.extensions import Period
from idp.signature.holder import Expected, Holder
from idp.signature.login import verify_login
from idp.signature.ocsp import read_answer
from idp.signature.points import Points, PythonPoints
from idp.signature.revocation import Evidence
from idp.signature.trust import ANY_FAMILY, Accreditation, Anchor, Trust, Unknown
from tests.signature import messages, writer
from tests.signature.certificates import (
    QUALIFIED,
    TOOL,
    Made,
    Wanted,
    certificate,
    constraints,
    crl,
    key_usage,
    name,
    purposes,
)
from tests.signature.keys import Keys
from tests.signature.messages import WantedMessage
from tests.signature.writer import TRUE, day, integer

AT = day("2026-11-24T12:00:00")
CHALLENGE = b'{"aud":"https://id.example","purpose":"login","nonce":"0123456789"}'
CLIENT_AUTH, EMAIL = "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"

PERSON = (
    ("C", writer.tlv(0x13, b"RU")),
    ("SN", "Примеров"),
    ("G", "Пётр Ильич"),
    ("SNILS", "11223344595"),
    ("INN", "500100732259"),
    ("CN", "Примеров Пётр Ильич"),
)
ENTREPRENEUR = (*PERSON, ("OGRNIP", "304500116000157"))
DIRECTOR = (
    *PERSON[:-1],
    ("O", "ООО «Пример»"),
    ("T", "Директор"),
    ("OGRN", "1027700132195"),
    ("INNLE", "7707083893"),
    ("CN", "ООО «Пример»"),
)
LEAF = (key_usage(0, 1), purposes(CLIENT_AUTH, EMAIL), QUALIFIED, TOOL)
CENTRE = (constraints(TRUE, integer(0)), key_usage(5, 6))
ROOT = (constraints(TRUE), key_usage(5, 6))


@dataclass
class World:
    """Made once per run; a test replaces the part that it is about."""

    keys: Keys
    centre_serial: int = 20
    _serial: int = field(default=5000)

    @cached_property
    def root(self) -> Made:
        subject = name(("CN", "Корень"))
        return certificate(Wanted(subject, self.keys("512A"), ROOT, 1, day("2021-01-01"), day("2041-01-01")))

    @cached_property
    def centre(self) -> Made:
        return self.make_centre()

    @cached_property
    def person(self) -> Made:
        return self.holder(PERSON)

    def make_centre(self, **changes: object) -> Made:
        subject = name(("CN", "УЦ Пример"))
        period = day("2021-01-01"), day("2036-01-01")
        wanted = Wanted(subject, self.keys("TCA"), CENTRE, self.centre_serial, *period)
        return certificate(replace(wanted, **changes), self.root)  # type: ignore[arg-type]

    def holder(self, subject: tuple[tuple[str, str | bytes], ...] = PERSON, **changes: object) -> Made:
        """Issue a holder's certificate under the centre; ``by`` and ``kind`` pick another issuer and kind of key."""
        by = changes.pop("by", None) or self.centre
        key = self.keys(str(changes.pop("kind", "TCA")), 1)
        self._serial += 1
        wanted = Wanted(name(*subject), key, LEAF, self._serial)
        assert isinstance(by, Made)
        return certificate(replace(wanted, **changes), by)  # type: ignore[arg-type]

    @cached_property
    def clear_lists(self) -> tuple[bytes, ...]:
        return crl(self.root), crl(self.centre)

    def trust(
        self,
        *,
        anchors: tuple[Made, ...] | None = None,
        centres: tuple[Made, ...] | None = None,
        lists: tuple[bytes, ...] | None = None,
        answers: tuple[bytes, ...] = (),
        intermediates: tuple[Made, ...] = (),
        qualified: frozenset[object] = ANY_FAMILY,
        periods: tuple[Period, ...] = (Period(day("2021-01-01"), None),),
        unknown: Unknown = Unknown.REFUSE,
        points: Points | None = None,
    ) -> Trust:
        checker = Checker(points or PythonPoints())
        evidence = Evidence(
            tuple(read_list(item) for item in (self.clear_lists if lists is None else lists)),
            tuple(read_answer(item) for item in answers),
            checker,
        )
        return Trust(
            anchors=tuple(
                Anchor(checker.certificate(made.der), qualified)  # type: ignore[arg-type]
                for made in ((self.root,) if anchors is None else anchors)
            ),
            intermediates=tuple(checker.certificate(made.der) for made in intermediates),
            accreditation=Accreditation(
                {made.fingerprint: periods for made in ((self.centre,) if centres is None else centres)}
            ),
            revocations=evidence,
            checker=checker,
            unknown=unknown,
        )

    def message(self, signer: Made | None = None, wanted: WantedMessage | None = None) -> bytes:
        return messages.message(CHALLENGE, signer or self.person, (self.centre,), wanted)

    def login(
        self,
        message: bytes | None = None,
        trust: Trust | None = None,
        *,
        at: datetime = AT,
        expected: Expected | None = None,
    ) -> Holder:
        """Verify a message, by default a right one in front of a trust that clears it."""
        return verify_login(
            CHALLENGE,
            self.message() if message is None else message,
            trust or self.trust(),
            at,
            expected or Expected(),
        )
