"""The document says what is true: every answer that a request made from it gets is one that it declares."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from entrepot.people.types import Right
from tests.api import operations
from tests.api.conftest import Program
from tests.web.world import World

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def document() -> dict[str, Any]:
    return json.loads(Client(SERVER_NAME="localhost").get("/api/v1/openapi.json").content)


def test_the_document_is_sound_openapi_31(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")


def test_every_refusal_is_declared_as_a_problem(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            declared = set(operation["responses"])
            assert {"401", "403", "404", "422", "429"} <= declared, (path, method)
            if method != "get":
                assert {"400", "409", "413"} <= declared, (path, method)
            for status, answer in operation["responses"].items():
                if status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"], (path, method, status)


def test_every_write_takes_an_idempotency_key_and_every_operation_names_its_scope(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            names = {parameter["name"] for parameter in operation["parameters"]}
            assert ("Idempotency-Key" in names) is (method != "get"), (path, method)
            assert operation["x-needs"] in list(Right)
            assert operation["security"] == [{"Bearer": []}]


def test_no_number_of_ours_stands_in_an_address_and_every_body_refuses_unknown_fields(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    assert parameter["schema"].get("format") == "uuid", path
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if body:
                assert document["components"]["schemas"][body["$ref"].rsplit("/", 1)[-1]]["additionalProperties"] is False, path


def test_the_page_brings_all_it_needs_and_asks_nobody_else(document: dict[str, Any]) -> None:
    page = Client(SERVER_NAME="localhost").get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "http://" not in text.replace("http://localhost", "")
    assert "https://" not in text
    assert "/static/ninja/swagger-ui-bundle.js" in text


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests keep the connection of the test's transaction, as they do with Django's own test client."""
    both = (signals.request_started, signals.request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
def test_requests_made_from_the_document_get_only_declared_answers(world: World, program: Any) -> None:
    _fuzz(world, program("owner"), examples=5)


@pytest.mark.drill
@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
def test_requests_made_from_the_document_get_only_declared_answers_for_long(world: World, program: Any) -> None:
    _fuzz(world, program("owner"), examples=25)


def _fuzz(world: World, caller: Program, *, examples: int) -> None:
    """Every operation, with ids and SKUs that exist as often as not."""
    load_all_checks()
    known = operations.ids(world, "eBay DE", "E-1", "HY-LAMP", "LANTERN")
    schema = from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    run = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=examples < 20,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), real=st.booleans())
        def ask(case: schemathesis.Case, real: bool) -> None:
            nonlocal run
            run += 1
            if real:
                for name in case.path_parameters or {}:
                    case.path_parameters[name] = quote(str(known.get(name, case.path_parameters[name])))
                if "sku" in (case.query or {}):
                    case.query["sku"] = "HY-LAMP"
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {caller.token}"}
            answer = case.call(base_url="http://localhost")
            case.validate_response(answer, checks=CHECKS)

        ask()
    assert run >= len(operations.ALL)
