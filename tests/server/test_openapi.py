"""The document says what the endpoint really does."""

import json
import re

import pytest

from app.chat.json_schema import fits
from app.server.app import routes_of
from app.server.limits import Limits
from app.server.openapi import document
from tests.server.conftest import ask

POSTED = {
    "/v1/chat/completions": ask("think first"),
    "/v1/responses": {"model": "any", "input": "Hello"},
    "/v1/responses/input_tokens": {"model": "any", "input": "Hello"},
    "/v1/messages": ask("Hello", max_tokens=9),
    "/v1/messages/count_tokens": ask("Hello"),
    "/v1/completions": {"model": "any", "prompt": "Once"},
    "/tokenize": {"content": "one two"},
    "/api/show": {"model": "any"},
}


def schema_of(path, method, status):
    operation = document()["paths"][path][method]
    return operation["responses"][status]["content"]["application/json"]["schema"]


def is_described(value, schema):
    return fits(value, schema, root=document())


@pytest.mark.parametrize("path", POSTED)
def test_what_is_posted_and_answered_is_as_described(client, path):
    body = document()["paths"][path]["post"]["requestBody"]["content"]["application/json"]

    answer = client.post(path, json=POSTED[path])

    assert is_described(POSTED[path], body["schema"])
    assert answer.status_code == 200
    assert is_described(answer.json(), schema_of(path, "post", "200"))


@pytest.mark.parametrize("path", ["/health", "/v1/models", "/api/tags", "/api/version"])
def test_what_is_got_is_as_described(client, path):
    assert is_described(client.get(path).json(), schema_of(path, "get", "200"))


@pytest.mark.parametrize("path", sorted(POSTED))
def test_a_refusal_is_as_described(client, path):
    answer = client.post(path, content=b"[]", headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert is_described(answer.json(), schema_of(path, "post", "default"))


def test_every_described_path_is_there(client):
    for path, operations in document()["paths"].items():
        for method in operations:
            if method != "parameters":
                answer = client.request(method, path.replace("{id}", "scripted-model"), json={})
                missing = (405,) if path == "/v1/responses/resp_{id}" else (404, 405)
                assert answer.status_code not in missing, path


def test_every_route_is_described():
    """HEAD comes with every GET and is not described."""
    routes = routes_of(None, None, Limits())
    there = {
        (re.sub(r":\w+", "", route.path), method.lower())
        for route in routes
        for method in route.methods - {"HEAD"}
    }
    described = {
        (path, method)
        for path, operations in document()["paths"].items()
        for method in operations
        if method != "parameters"
    }

    assert described == there


def test_a_kept_response_and_its_end_are_as_described(client):
    made = client.post("/v1/responses", json=POSTED["/v1/responses"]).json()
    path = f"/v1/responses/{made['id']}"

    kept, gone = client.get(path).json(), client.delete(path).json()

    assert kept == made
    assert is_described(kept, schema_of("/v1/responses/resp_{id}", "get", "200"))
    assert is_described(gone, schema_of("/v1/responses/resp_{id}", "delete", "200"))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/v1/responses/compact", "/v1/nothing", "/v1/messages/batches"])
def test_what_is_not_described_is_not_found(client, path):
    assert client.post(path, json={"model": "any"}).status_code == 404


def test_the_document_is_served(client):
    assert client.get("/openapi.json").json() == json.loads(json.dumps(document()))
