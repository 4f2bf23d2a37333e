"""What is wired is what the lists say: grants, jobs, what clients may be registered for, what discovery tells."""

import json

from idp.assurance import acr
from idp.flows.grants import GRANT_TYPES
from idp.protocol.scopes import SUPPORTED
from idp.wiring.jobs import jobs
from tests.city import City


def test_every_listed_grant_is_wired_and_no_other(city: City) -> None:
    assert set(city.flows.machines.token.grants) == set(GRANT_TYPES)


def test_discovery_is_computed_from_the_lists(city: City) -> None:
    told = json.loads(city.call("GET", "/.well-known/openid-configuration").body)

    assert set(told["grant_types_supported"]) == set(GRANT_TYPES)
    assert told["scopes_supported"] == list(SUPPORTED)
    assert told["acr_values_supported"] == list(acr.supported())
    assert set(told["token_endpoint_auth_methods_supported"]) == city.flows.registry.offered.auth_methods
    assert set(told["id_token_signing_alg_values_supported"]) == city.flows.registry.offered.signing_algs


def test_every_job_has_a_name_of_its_own_and_can_run_in_an_empty_city(city: City) -> None:
    listed = jobs(city.flows)

    assert len({job.name for job in listed}) == len(listed) >= 3
    for job in listed:
        job.run()
        assert job.every > 0
