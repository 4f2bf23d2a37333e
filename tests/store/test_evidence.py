"""Evidence in the database: added and ended, its history kept."""

from idp.assurance.evidence import Ended, Evidence, Kind, Source
from idp.assurance.levels import Level, standing
from idp.store.evidence import EvidenceStore


def test_evidence_is_ended_and_never_changed(database, clock, anna):
    store = EvidenceStore(database)
    mail = Evidence(Kind.EMAIL, "anna@example.ru", clock())
    store.add("anna", mail)
    clock.move(days=1)
    store.add("anna", Evidence(Kind.PENSION_FUND, "17", clock()))
    assert standing(store.of("anna"), clock()).level is Level.STANDARD

    clock.move(days=1)
    assert store.end("anna", Kind.PENSION_FUND, clock(), Ended.DATA_CHANGED) == 1
    assert store.end("anna", Kind.PENSION_FUND, clock()) == 0

    assert store.of("anna")[0] == mail and store.of("anna")[1].until == clock()
    assert (store.of("anna")[1].ended, store.of("anna")[1].source) == (Ended.DATA_CHANGED, Source.PENSION_FUND)
    assert standing(store.of("anna"), clock()).level is Level.SIMPLIFIED
    assert store.of("boris") == []
