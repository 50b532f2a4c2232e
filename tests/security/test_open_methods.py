"""What the command line says of protection: which methods are open to anybody, and what would become of a request."""

import itertools
import json
import subprocess

import pytest

from clients.signing.test_signed_apis import EVERYTHING, Api, invoke, user
from support import binary


@pytest.fixture(scope="module")
def api(installation):
    return Api(installation)


def ask(installation, *words):
    return binary.run(*words, "--data-dir", str(installation.home))


def coverage(installation, api):
    """The report's lines of an API by `VERB path`."""
    lines = [line for line in ask(installation, "coverage").splitlines() if line.startswith(f"{api.id}/prod")]
    return {" ".join(line.split()[1:3]): line for line in lines}


def test_the_word_open_stands_where_anybody_may_call_and_nowhere_else(installation, api):
    lines = coverage(installation, api)
    assert {name for name, line in lines.items() if "OPEN" in line} == {"ANY /open"}
    assert "AWS_IAM" in lines["ANY /signed"]
    here = {"Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}}
    api.protect(invoke("Allow", "*", **here))
    assert not any("OPEN" in line for line in coverage(installation, api).values())
    api.protect(invoke("Allow", "*"))
    assert "OPEN" in coverage(installation, api)["ANY /open"], "a policy that lets everybody in protects nothing"
    patch = [{"op": "replace", "path": "/policy", "value": ""}]
    api.client.update_rest_api(restApiId=api.id, patchOperations=patch)
    assert all("newer than the deployed one" in line for line in coverage(installation, api).values())
    api.protect()
    methods = json.loads(ask(installation, "coverage", "--format", "json"))["Methods"]
    assert {method["Path"] for method in methods if method["RestApiId"] == api.id and method["Open"]} == {"/open"}


def test_a_supposed_request_is_judged_as_a_real_one(installation, api):
    iam = installation.client("iam")
    user(installation, iam, "supposed", EVERYTHING)
    user(installation, iam, "supposed-nobody")
    named = [iam.get_user(UserName=name)["User"]["Arn"] for name in ("supposed", "supposed-nobody")]
    for arn, words in [
        (named[0], "is allowed by statement 1 of identity-based policy `calls`"),
        (named[1], "because no identity-based policy allows it; what would have allowed it"),
        (None, "not signed"),
    ]:
        supposed = ["--as", arn] if arn else []
        told = ask(installation, "explain", *supposed, "--from", "192.0.2.7", "GET", api.url("signed"))
        assert words in told, told
    api.protect(invoke("Deny", "*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))
    told = ask(installation, "explain", "--as", named[0], "--from", "192.0.2.7", "GET", api.url("signed"))
    assert "denied by statement 1 of resource-based policy" in told, told
    told = ask(installation, "explain", "--as", named[0], "--from", "198.51.100.7", "GET", api.url("signed"))
    assert "is allowed by" in told, told
    data = json.loads(ask(installation, "explain", "--as", named[0], "--format", "json", "GET", api.url("signed")))
    assert [step["step"] for step in data["steps"]][:5] == ["locate", "network", "firewall", "route", "authorize"]


DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "run", "version": "1"},
    "paths": {
        path: {
            "get": {
                "x-amazon-apigateway-auth": {"type": kind},
                "responses": {"200": {"description": "ok"}},
                "x-amazon-apigateway-integration": {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'}},
            }
        }
        for path, kind in [("/open", "NONE"), ("/signed", "AWS_IAM")]
    },
}


def test_what_run_prints_of_a_document_is_what_protects_it(tmp_path):
    (tmp_path / "api.json").write_text(json.dumps(DOCUMENT))
    command = [binary.path(), "run", tmp_path / "api.json", "--data-dir", tmp_path / "data"]
    command += ["--admin", "127.0.0.1:0", "--gateway", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as node:
        try:
            lines = list(itertools.takewhile(lambda line: not line.startswith("watching"), node.stdout))
        finally:
            node.kill()
    told = {path: next(line for line in lines if f"  {path} " in line) for path in ("/open", "/signed")}
    assert "OPEN" in told["/open"] and "authorization NONE" in told["/open"], told
    assert "OPEN" not in told["/signed"] and "AWS_IAM" in told["/signed"], told
