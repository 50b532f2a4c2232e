"""boto3 puts methods behind authorizers; who brings no identity, or asks a function that is not there, does not get in."""

import pytest

from support import binary

SOURCE = "method.request.header.Authorization"


def uri(installation, name):
    account = binary_account(installation)
    function = f"arn:aws:lambda:{installation.region}:{account}:function:{name}"
    return f"arn:aws:apigateway:{installation.region}:lambda:path/2015-03-31/functions/{function}/invocations"


def binary_account(installation):
    return installation.client("sts").get_caller_identity()["Account"]


@pytest.fixture
def guarded(installation, apigateway):
    """An API whose root is a mock behind an authorizer; its id, the authorizer's, and what deploys it again."""
    api = apigateway.create_rest_api(name="guarded")["id"]
    root = apigateway.get_resources(restApiId=api)["items"][0]["id"]
    judge = apigateway.create_authorizer(
        restApiId=api, name="judge", type="TOKEN", authorizerUri=uri(installation, "judge"), identitySource=SOURCE
    )["id"]
    place = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    apigateway.put_method(**place, authorizationType="CUSTOM", authorizerId=judge)
    apigateway.put_method_response(**place, statusCode="200")
    apigateway.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    apigateway.put_integration_response(**place, statusCode="200")
    apigateway.create_deployment(restApiId=api, stageName="prod")
    yield api, judge
    apigateway.delete_rest_api(restApiId=api)


def test_nobody_gets_in_without_an_identity_or_a_function(installation, apigateway, guarded):
    api, _ = guarded
    answer = installation.invoke(api, "/prod")
    assert (answer.status, answer.data) == (401, b'{"message":"Unauthorized"}')
    answer = installation.invoke(api, "/prod", headers={"Authorization": "Bearer abc"})
    assert (answer.status, answer.data) == (500, b'{"message":null}')
    assert answer.headers["x-amzn-ErrorType"] == "AuthorizerConfigurationException"


def test_an_authorizer_is_read_changed_tested_and_flushed(installation, apigateway, guarded):
    api, judge = guarded
    place = {"restApiId": api, "authorizerId": judge}
    assert apigateway.get_authorizer(**place)["authorizerResultTtlInSeconds"] == 300
    patch = [{"op": "replace", "path": "/authorizerResultTtlInSeconds", "value": "0"}]
    assert apigateway.update_authorizer(**place, patchOperations=patch)["authorizerResultTtlInSeconds"] == 0
    assert [one["id"] for one in apigateway.get_authorizers(restApiId=api)["items"]] == [judge]
    assert apigateway.test_invoke_authorizer(**place)["clientStatus"] == 401
    tested = apigateway.test_invoke_authorizer(**place, headers={"Authorization": "abc"})
    assert tested["clientStatus"] == 500 and "there is no function" in tested["log"]
    apigateway.flush_stage_authorizers_cache(restApiId=api, stageName="prod")
    with pytest.raises(apigateway.exceptions.ConflictException, match="is referenced in method: GET//"):
        apigateway.delete_authorizer(**place)


def test_a_method_behind_an_authorizer_is_not_open(installation, guarded):
    api, _ = guarded
    shown = binary.run("coverage", "--data-dir", str(installation.home))
    line = next(line for line in shown.splitlines() if api in line)
    assert "OPEN" not in line and "authorization CUSTOM by TOKEN authorizer judge" in line, line
    assert "there is no function" in line, line


def test_what_is_not_enforced_is_refused(installation, apigateway, guarded):
    api, _ = guarded
    sound = {"name": "other", "type": "TOKEN", "authorizerUri": uri(installation, "judge"), "identitySource": SOURCE}
    for change in [
        {"type": "COGNITO_USER_POOLS"},
        {"providerARNs": ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_x"]},
        {"authorizerUri": "https://judge.example"},
        {"authorizerUri": "jwt://issuer.example/"},
        {"identitySource": "method.request.path.id"},
        {"identityValidationExpression": "("},
        {"authorizerResultTtlInSeconds": 3601},
    ]:
        with pytest.raises(apigateway.exceptions.BadRequestException):
            apigateway.create_authorizer(restApiId=api, **{**sound, **change})
