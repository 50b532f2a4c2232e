"""The AWS CLI puts a function before a method as its authorizer, and asks it."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from support import functions

AWS = pathlib.Path(sys.executable).with_name("aws")

JUDGE = """
def handler(event, context):
    effect = "Allow" if event["authorizationToken"] == "let me in" else "Deny"
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
    return {"principalId": "bob", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""


@pytest.fixture
def aws(installation):
    """Runs the AWS CLI, and answers what it says."""
    def run(*words):
        environment = os.environ | installation.environment()
        done = subprocess.run([AWS, *words, "--output", "json"], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "null")

    return run


def test_a_function_judges_callers(installation, aws, tmp_path):
    package = tmp_path / "app.zip"
    package.write_bytes(functions.archive(app=JUDGE))
    settings = ["--runtime", "python3.12", "--handler", "app.handler", "--role", functions.role(installation)]
    arn = aws("lambda", "create-function", "--function-name", "cli-judge", *settings, "--zip-file", f"fileb://{package}",
              "--timeout", "30")["FunctionArn"]
    api = ["--rest-api-id", aws("apigateway", "create-rest-api", "--name", "judged")["id"]]
    root = aws("apigateway", "get-resources", *api)["items"][0]["id"]
    uri = f"arn:aws:apigateway:{installation.region}:lambda:path/2015-03-31/functions/{arn}/invocations"
    judge = aws("apigateway", "create-authorizer", *api, "--name", "judge", "--type", "TOKEN", "--authorizer-uri", uri,
                "--identity-source", "method.request.header.Authorization")["id"]
    method = [*api, "--resource-id", root, "--http-method", "GET"]
    aws("apigateway", "put-method", *method, "--authorization-type", "CUSTOM", "--authorizer-id", judge)
    aws("apigateway", "put-method-response", *method, "--status-code", "200")
    aws("apigateway", "put-integration", *method, "--type", "MOCK", "--request-templates",
        json.dumps({"application/json": '{"statusCode": 200}'}))
    aws("apigateway", "put-integration-response", *method, "--status-code", "200")
    aws("apigateway", "create-deployment", *api, "--stage-name", "prod")

    def status(token):
        return installation.invoke(api[1], "/prod", headers={"Authorization": token}).status

    assert status("let me in") == 500, "nobody permitted the gateway to ask"
    source = f"arn:aws:execute-api:{installation.region}:{arn.split(':')[4]}:{api[1]}/authorizers/{judge}"
    aws("lambda", "add-permission", "--function-name", "cli-judge", "--statement-id", "api", "--action",
        "lambda:InvokeFunction", "--principal", "apigateway.amazonaws.com", "--source-arn", source)
    assert (status("let me in"), status("me too"), status("")) == (200, 403, 401)
    tested = aws("apigateway", "test-invoke-authorizer", *api, "--authorizer-id", judge, "--headers",
                 "Authorization=let me in")
    assert (tested["clientStatus"], tested["principalId"]) == (0, "bob"), tested
    aws("apigateway", "flush-stage-authorizers-cache", *api, "--stage-name", "prod")
    patch = "op=replace,path=/authorizerResultTtlInSeconds,value=0"
    changed = aws("apigateway", "update-authorizer", *api, "--authorizer-id", judge, "--patch-operations", patch)
    assert changed["authorizerResultTtlInSeconds"] == 0
    aws("apigateway", "delete-rest-api", *api)
    aws("lambda", "delete-function", "--function-name", "cli-judge")


def test_a_token_is_tried_before_a_method_asks_for_one(aws, issuer):
    api = ["--rest-api-id", aws("apigateway", "create-rest-api", "--name", "tokens")["id"]]
    uri = f"jwt://{issuer.name}?audience=app&scope=read"
    judge = aws("apigateway", "create-authorizer", *api, "--name", "tokens", "--type", "TOKEN", "--authorizer-uri", uri,
                "--identity-source", "method.request.header.Authorization")["id"]

    def tried(*headers):
        return aws("apigateway", "test-invoke-authorizer", *api, "--authorizer-id", judge, *headers)

    tested = tried("--headers", f"Authorization=Bearer {issuer.token(scope='openid read')}")
    assert (tested["clientStatus"], tested["principalId"], tested["claims"]["sub"]) == (0, "alice", "alice"), tested
    assert tested["claims"]["scope"] == "openid read" and "policy" not in tested
    assert tested["latency"] >= 0 and tested["log"].endswith("Successfully completed authorizer execution")
    for headers, status, why in [
        ([], 401, "holds no token"),
        (["--headers", f"Authorization={issuer.token(scope='read', exp=1)}"], 401, "expired"),
        (["--headers", f"Authorization={issuer.token(scope='admin')}"], 403, "grants none of the scopes"),
    ]:
        tested = tried(*headers)
        assert tested["clientStatus"] == status and why in tested["log"], tested
        assert "principalId" not in tested and "claims" not in tested
    away = ["--patch-operations", f"op=replace,path=/authorizerUri,value=jwt://{issuer.name}/nowhere?audience=app"]
    aws("apigateway", "update-authorizer", *api, "--authorizer-id", judge, *away)
    token = issuer.token(iss=f"{issuer.url}/nowhere")
    assert tried("--headers", f"Authorization={token}")["clientStatus"] == 500
    aws("apigateway", "delete-rest-api", *api)
