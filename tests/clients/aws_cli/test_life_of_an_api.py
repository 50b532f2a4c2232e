"""The AWS CLI makes an API from the example's file, changes, deploys, invokes, exports and deletes it."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from support.binary import ROOT

AWS = pathlib.Path(sys.executable).with_name("aws")
PETS = ROOT / "examples/pets/openapi.yaml"


@pytest.fixture
def aws(installation):
    """Calls the CLI and reads its answer; a failure answers what it says."""

    def call(*words, fails=False):
        command = [AWS, *map(str, words), "--output", "json"]
        environment = os.environ | installation.environment()
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if fails:
            assert done.returncode != 0, done.stdout
            return done.stderr
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "null")

    return call


def test_the_example_lives_and_dies(aws, installation, upstream, tmp_path):
    api = aws("apigateway", "import-rest-api", "--body", f"fileb://{PETS}", "--fail-on-warnings")["id"]
    deploy = ["apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "prod"]
    aws(*deploy, "--variables", "upstream=127.0.0.1:9")
    assert installation.invoke(api, "/prod/health").status == 200
    assert installation.invoke(api, "/prod/pets").status in (500, 502, 504)

    patch = f"op=replace,path=/variables/upstream,value={upstream.address}"
    stage = ["--rest-api-id", api, "--stage-name", "prod"]
    patched = aws("apigateway", "update-stage", *stage, "--patch-operations", patch)
    assert patched["variables"] == {"upstream": upstream.address}
    assert json.loads(installation.invoke(api, "/prod/pets/3").data)["path"] == "/pets/3"
    added = installation.invoke(api, "/prod/pets", "POST", body=b'{"name": "Ada"}')
    assert json.loads(added.data)["body"] == '{"name": "Ada"}'

    document = tmp_path / "export.json"
    export = [*stage, "--export-type", "oas30", "--parameters", "extensions=integrations", document]
    answer = aws("apigateway", "get-export", *export)
    assert answer["contentType"].startswith("application/json")
    exported = json.loads(document.read_text())
    assert set(exported["paths"]) == {"/pets", "/pets/{petId}", "/health"}

    aws("apigateway", "put-rest-api", "--rest-api-id", api, "--mode", "overwrite", "--body", f"fileb://{document}")
    resources = aws("apigateway", "get-resources", "--rest-api-id", api)["items"]
    assert sorted(resource["path"] for resource in resources) == ["/", "/health", "/pets", "/pets/{petId}"]

    aws("apigateway", "delete-rest-api", "--rest-api-id", api)
    assert "NotFoundException" in aws("apigateway", "get-rest-api", "--rest-api-id", api, fails=True)
    assert installation.invoke(api, "/prod/health").status == 403


def test_pages_are_joined(aws):
    made = {aws("apigateway", "create-rest-api", "--name", f"cli {number}")["id"] for number in range(3)}
    listed = aws("apigateway", "get-rest-apis", "--page-size", "2")["items"]
    assert made <= {api["id"] for api in listed}
    for api in made:
        aws("apigateway", "delete-rest-api", "--rest-api-id", api)


def test_the_caller_and_the_trail_are_shown(aws):
    assert aws("sts", "get-caller-identity")["Arn"].endswith(":root")
    events = aws("cloudtrail", "lookup-events", "--max-items", "5")["Events"]
    assert events and all(event["EventId"] for event in events)


def test_a_refusal_names_its_reason(aws):
    said = aws("apigateway", "create-request-validator", "--rest-api-id", "a", "--name", "a", fails=True)
    assert "Exception" in said and "CreateRequestValidator" in said
