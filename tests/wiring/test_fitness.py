"""What must not be served to real people is found before anything is: example values, the demo's keys and people."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from idp.cli.serving.prepared import prepared
from idp.journal.events import Event
from idp.kernel.clock import utc_now
from idp.kernel.refusal import Faulty
from idp.kernel.settings import Mail, Server, Sms, load
from idp.store.journal import Journal
from idp.store.marks import Mark, Marks
from idp.wiring import prepare, stores
from idp.wiring.fitness import DEMO_FILE, obstacles, warnings


def codes(settings):
    return {(fault.field, fault.code) for fault in obstacles(settings)}


@pytest.fixture
def demo_made(settings):
    """Keys and a database that the demo city made."""
    prepare(settings)
    (Path(settings.keys.folder) / DEMO_FILE).touch()
    database = stores.durable(settings)
    Marks(database).put(Mark.DEMO, "people.toml")
    database.close()
    return settings


def test_nothing_stands_in_the_way_of_a_city_of_its_own(settings):
    prepare(settings)

    assert obstacles(settings) == []


def test_what_the_demo_made_serves_no_real_city(demo_made):
    assert codes(demo_made) == {("keys.folder", "setting.demo_keys"), ("database.url", "setting.demo_people")}


@pytest.mark.parametrize("server", [Server(issuer="http://localhost:8000"), Server(issuer="http://x.test", demo=True)])
def test_what_the_demo_made_serves_the_demo_and_this_machine(demo_made, server):
    assert codes(replace(demo_made, server=server)) == set()


def test_the_words_of_the_example_serve_nobody(settings):
    prepare(settings)
    example = load(Path("config/production.toml.example"), {})

    found = codes(replace(settings, server=example.server, mail=example.mail, sms=example.sms, support=example.support))

    assert found == {
        (field, "setting.example")
        for field in ("server.issuer", "mail.smtp_url", "mail.sender", "sms.api_key", "support.email")
    }
    own = replace(settings, mail=Mail("smtp://a:b@mail.test", "a@id.test"), sms=Sms(api_key="k"))
    assert codes(own) == set()


def test_a_clock_that_jumped_back_is_told_and_stops_nobody(settings):
    prepare(settings)
    database = stores.durable(settings)
    Journal(database, utc_now).record(Event("session.started"))
    database.close()

    def an_hour_ago():
        return utc_now() - timedelta(hours=1)

    assert [fault.code for fault in warnings(settings, an_hour_ago)] == ["check.clock_behind"]
    assert warnings(settings, utc_now) == [] and obstacles(settings) == []


def test_files_serve_one_machine_alone():
    with pytest.raises(Faulty) as refused:
        load(None, {"IDP__SERVER__HOSTS": "3"})

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("database.url", "setting.embedded_for_many"),
        ("short_lived.url", "setting.embedded_for_many"),
    ]
    several = {
        "IDP__SERVER__HOSTS": "3",
        "IDP__DATABASE__URL": "postgresql+psycopg://a@b/c",
        "IDP__SHORT_LIVED__URL": "redis://r",
    }
    assert load(None, several).server.hosts == 3


def test_words_of_the_example_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "srv"
    here = {
        "IDP__SERVER__ISSUER": "https://id.city.example",
        "IDP__DATABASE__URL": f"sqlite:///{folder}/idp.db",
        "IDP__SHORT_LIVED__URL": f"file:{folder}/state.db",
        "IDP__KEYS__FOLDER": f"{folder}/keys",
    }

    with pytest.raises(Faulty) as refused, prepared(load(None, here)):
        pass

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("server.issuer", "setting.example")]
    assert not folder.exists()
