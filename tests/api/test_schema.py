"""The API keeps its own promises: what the schema says is what it answers, whatever it is asked."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import unsupported_method

from registry.config.wsgi import application
from tests.factories.boards import candidate, published
from tests.factories.clients import bearer, client_of
from tests.factories.organisations import OrganisationFactory


@pytest.fixture
def schema(transactional_db):
    return schemathesis.openapi.from_wsgi("/api/v1/schema/", application)


@pytest.fixture
def token(transactional_db):
    """A client bound to a trust that has a published list, beside one that has another."""
    trust, other = OrganisationFactory(), OrganisationFactory()
    candidate(trust, registered=False)
    published(trust)
    published(other)
    return bearer(client_of(trust))["HTTP_AUTHORIZATION"]


def every_operation(schema, examples, check):
    """Try each operation of the schema with generated cases."""
    for found in schema.get_all_operations():

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=found.ok().as_strategy())
        def each(case):
            check(case)

        each()


def test_api_answers_as_its_schema_says(schema, token):
    def check(case):
        case.call_and_validate(headers={"Authorization": token}, excluded_checks=[unsupported_method])

    every_operation(schema, 40, check)


def test_api_refuses_everything_without_a_token(schema):
    def check(case):
        assert case.call().status_code == (200 if case.path == "/api/v1/schema/" else 401)

    every_operation(schema, 5, check)


def test_real_list_is_as_its_schema_says(schema, token, client):
    """Not left to chance: the list and a list that exists, checked against the schema."""
    summary = client.get("/api/v1/shortlists/", HTTP_AUTHORIZATION=token)
    reference = summary.json()["results"][0]["reference"]
    for path, parameters in (
        ("/api/v1/shortlists/", {}),
        ("/api/v1/shortlists/{reference}/", {"reference": reference}),
    ):
        case = schema[path]["GET"].Case(path_parameters=parameters, headers={"Authorization": token})
        response = case.call()
        assert response.status_code == 200
        case.validate_response(response, excluded_checks=[unsupported_method])
