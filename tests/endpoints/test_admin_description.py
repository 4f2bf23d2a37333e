"""The administrators' API on a real server does what its OpenAPI document says, and nothing breaks it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from idp.endpoints.admin_operations import OPERATIONS
from tests.endpoints.administrator import CLIENTS, DOCUMENT
from tests.provider import Provider, serving

#: Calls of each operation and mode.
MOST = 15


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    generous = {"LIMITS__ADMIN_REQUESTS": "1000000", "LIMITS__ADMIN_REFUSALS_PER_ADDRESS": "1000000"}
    with serving(tmp_path_factory.mktemp("api"), **generous) as provider:
        yield provider


@pytest.fixture(scope="module")
def authorization(provider: Provider) -> dict[str, str]:
    return {"Authorization": f"Bearer {provider.flows.administration.add_token('Test', None).secret}"}


@pytest.fixture(scope="module")
def api(provider: Provider) -> Any:
    return schemathesis.openapi.from_url(f"{provider.address}/admin/v1/openapi.json")


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_description_holds(provider, api, authorization, operation, mode):
    """Calls that the schemas allow, to a client that there is, and calls that they don't: each answer is described."""

    @settings(max_examples=MOST, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=api[operation.path][operation.method].as_strategy(generation_mode=mode))
    def holds(case: schemathesis.Case) -> None:
        if "{client_id}" in operation.path and mode is GenerationMode.POSITIVE:
            if provider.flows.clients.fresh("parking") is None:
                provider.city.client("parking")
            case.path_parameters = {"client_id": "parking"}
            case.headers = {**(case.headers or {}), "If-Match": "*"}
        # A schema can't say that an address must be safe or that If-Match must be right: sound values may be refused.
        case.call_and_validate(headers=authorization, excluded_checks=[schemathesis.checks.positive_data_acceptance])

    try:
        holds()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "nothing can be wrong where nothing is asked"


def test_the_description_names_every_operation_and_is_for_everybody(provider):
    answer = httpx.get(f"{provider.address}/admin/v1/openapi.json", trust_env=False)
    document = answer.json()
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}

    assert document["openapi"] == "3.1.0"
    assert told == {(operation.method, operation.path) for operation in OPERATIONS}
    names = [described["operationId"] for methods in document["paths"].values() for described in methods.values()]
    assert len(set(names)) == len(names)


def test_problems_are_listed_where_their_types_point(provider, authorization):
    address = f"{provider.address}{CLIENTS}"
    refused = httpx.post(address, headers=authorization, json={**DOCUMENT, "redirect_uris": []}, trust_env=False).json()
    listed = httpx.get(refused["type"].partition("#")[0], trust_env=False).json()

    known = {problem["code"]: problem for problem in listed}
    assert known[refused["code"]]["status"] == refused["status"] == 422
    assert all(problem["en"] and problem["ru"] for problem in listed)
