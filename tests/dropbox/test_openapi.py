"""docs/openapi.json says what the server does: made from the routes, true of the documents."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from crypto.encoding import Document
from dropbox import wire
from dropbox.api import openapi
from dropbox.api.routes import ROUTES
from dropbox.wire import FAULTS, Fault
from tests.dropbox.papers import WIRE_DOCUMENTS, wire_documents
from tests.dropbox.server import ROOT

FILE = ROOT / "docs" / "openapi.json"
DESCRIPTION = openapi.describe()


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DESCRIPTION["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def validator(kind: type[Document]) -> Draft202012Validator:
    schema = {
        "$ref": f"#/components/schemas/{kind.__name__}",
        "components": {"schemas": DESCRIPTION["components"]["schemas"]},
    }
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_the_file_is_what_the_routes_say() -> None:
    assert FILE.read_text("utf-8") == openapi.to_text(), "make openapi"


def test_every_route_has_its_operation_and_there_is_no_other() -> None:
    found = {(method, path): operation for method, path, operation in operations()}
    assert len(found) == len(ROUTES)
    names = [operation["operationId"] for operation in found.values()]
    assert len(set(names)) == len(names)
    for route in ROUTES:
        operation = found[route.method, openapi.split_path(route.path)[0]]
        assert {each for scheme in operation["security"] for each in scheme} == route.callers
        assert operation["x-body-bytes"] == route.limit
        assert ("requestBody" in operation) == (route.limit > 0)


def test_every_contract_belongs_to_a_route() -> None:
    assert set(openapi.CONTRACTS) == {route.handler for route in ROUTES}
    assert set(openapi.CONTRACTS) >= openapi.WORKED_FOR


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    asked = set(references(DESCRIPTION))
    for reference in asked:
        place: Any = DESCRIPTION
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
    for group in ("schemas", "parameters", "headers", "responses"):
        for name in DESCRIPTION["components"][group]:
            assert f"#/components/{group}/{name}" in asked, (group, name)


def test_the_values_of_a_path_are_all_described() -> None:
    for _, path, operation in operations():
        described = {each["name"] for each in operation["parameters"] if each.get("in") == "path"}
        assert described == set(re.findall(r"\{(\w+)\}", path))


def test_every_fault_has_its_status_and_its_one_sentence() -> None:
    responses = DESCRIPTION["components"]["responses"]
    for fault, (status, sentence) in FAULTS.items():
        if fault is Fault.MISLED:  # the answer to what is no request of this interface
            assert not any(fault in openapi.faults_of(route) for route in ROUTES)
            continue
        (content,) = responses[fault]["content"].values()
        assert content["schema"]["const"] == {"fault": fault, "sentence": sentence}
        for route in ROUTES:
            assert (status in openapi.statuses_of(route)) == (fault in openapi.faults_of(route))
    assert len({status for status, _ in FAULTS.values()}) == len(Fault)


def test_no_document_of_the_interface_is_left_out() -> None:
    found = {
        each
        for each in vars(wire).values()
        if isinstance(each, type) and issubclass(each, Document) and each is not Document
    }
    assert found == set(WIRE_DOCUMENTS)
    assert set(DESCRIPTION["components"]["schemas"]) == {
        each.__name__ for each in found - {wire.Refusal}
    }


@pytest.mark.parametrize("name", list(DESCRIPTION["components"]["schemas"]))
def test_the_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(DESCRIPTION["components"]["schemas"][name])


@pytest.mark.parametrize("kind", [each for each in WIRE_DOCUMENTS if each is not wire.Refusal])
@given(data=st.data())
def test_a_document_fits_its_schema_and_a_changed_one_does_not(
    kind: type[Document], data: st.DataObject
) -> None:
    document = data.draw(wire_documents(kind)).to_json()
    check = validator(kind)
    check.validate(document)
    name = data.draw(st.sampled_from(sorted(document)))
    assert not check.is_valid({**document, name: 0.5})
    assert not check.is_valid({**document, "more": 1, "and more": 2})
    del document[name]
    assert not check.is_valid(document)
