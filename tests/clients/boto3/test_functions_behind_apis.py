"""Real functions judge callers and answer methods; hostile ones let nobody in, and none of them reaches the integration."""

import json

import pytest

from support import functions

SOURCE = "method.request.header.Authorization"

JUDGE = """
import time

def handler(event, context):
    token = event.get("authorizationToken") or event["headers"].get("Authorization")
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    answer = {"principalId": "me", "policyDocument": policy, "context": {"tenant": "t1", "level": 3, "at": time.time()}}
    if token == "deny":
        statement["Effect"] = "Deny"
    if token == "unauthorized":
        raise Exception("Unauthorized")
    if token == "crash":
        raise ValueError("no")
    if token == "exit":
        import os
        os._exit(1)
    if token == "huge":
        answer["context"]["huge"] = "x" * 7_000_000
    if token == "nested":
        answer["context"]["nested"] = {"a": 1}
    if token == "number":
        return 7
    if token == "many":
        policy["Statement"] = [statement] * 5_000
    if token == "nobody":
        del answer["principalId"]
    return answer
"""

PETS = """
import json

def handler(event, context):
    how = (event.get("queryStringParameters") or {}).get("how")
    if how == "crash":
        raise ValueError("no")
    if how == "object":
        return {"statusCode": 200, "body": {"a": 1}}
    if how == "inject":
        return {"statusCode": 200, "headers": {"x-a": "b\\r\\nx-c: d"}, "body": ""}
    if how == "base64":
        return {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True}
    if how == "none":
        return None
    return {"statusCode": 201, "headers": {"x-pets": "yes"}, "body": json.dumps(event)}
"""


def invocation(installation, arn):
    return f"arn:aws:apigateway:{installation.region}:lambda:path/2015-03-31/functions/{arn}/invocations"


@pytest.fixture(scope="module")
def site(installation):
    """An API whose `/{proxy+}` is answered by `pets` for whom `judge` lets in."""
    gateway, client = installation.client("apigateway"), installation.client("lambda")
    made = {}
    for name, code in [("behind-judge", JUDGE), ("behind-pets", PETS)]:
        made[name] = functions.create(installation, name, Code={"ZipFile": functions.archive(app=code)})["FunctionArn"]
    api = gateway.create_rest_api(name="behind", binaryMediaTypes=["image/png"])["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    proxy = gateway.create_resource(restApiId=api, parentId=root, pathPart="{proxy+}")["id"]
    judge = gateway.create_authorizer(
        restApiId=api, name="judge", type="TOKEN", identitySource=SOURCE,
        authorizerUri=invocation(installation, made["behind-judge"]),
    )["id"]
    place = {"restApiId": api, "resourceId": proxy, "httpMethod": "ANY"}
    gateway.put_method(**place, authorizationType="CUSTOM", authorizerId=judge)
    gateway.put_integration(
        **place, type="AWS_PROXY", integrationHttpMethod="POST", uri=invocation(installation, made["behind-pets"])
    )
    gateway.create_deployment(restApiId=api, stageName="prod")
    yield installation, gateway, client, api, judge
    gateway.delete_rest_api(restApiId=api)
    for name in made:
        client.delete_function(FunctionName=name)


def permit(client, name, source, statement="gateway"):
    client.add_permission(
        FunctionName=name, StatementId=statement, Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com", SourceArn=source,
    )


@pytest.fixture(scope="module")
def permitted(site):
    installation, _, client, api, judge = site
    account = installation.client("sts").get_caller_identity()["Account"]
    arn = f"arn:aws:execute-api:{installation.region}:{account}:{api}"
    answer = installation.invoke(api, "/prod/pets", headers={"Authorization": "before"})
    assert (answer.status, answer.data) == (500, b'{"message":null}'), "no permission yet"
    permit(client, "behind-judge", f"{arn}/authorizers/{judge}")
    answer = installation.invoke(api, "/prod/pets", headers={"Authorization": "before"})
    assert (answer.status, answer.data) == (500, b'{"message": "Internal server error"}'.replace(b": ", b":"))
    permit(client, "behind-pets", f"{arn}/prod/ANY/*")
    return site


def test_a_caller_whom_the_function_lets_in_reaches_the_other(permitted):
    installation, gateway, _, api, _ = permitted
    answer = installation.invoke(api, "/prod/pets/7?q=1&q=2", headers={"Authorization": "good", "X-Mine": "1"})
    assert (answer.status, answer.headers["x-pets"]) == (201, "yes"), answer.data
    event = json.loads(answer.data)
    said = event["requestContext"]["authorizer"]
    assert (said["principalId"], said["tenant"], said["level"]) == ("me", "t1", "3")
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "2"]}
    assert (event["resource"], event["path"], event["headers"]["X-Mine"]) == ("/{proxy+}", "/pets/7", "1")
    again = json.loads(installation.invoke(api, "/prod/pets/7", headers={"Authorization": "good"}).data)
    assert again["requestContext"]["authorizer"]["at"] == said["at"], "the answer counts"
    other = installation.invoke(api, "/prod/pets/8", headers={"Authorization": "good"})
    assert other.status == 403, "it was for one path alone"
    gateway.flush_stage_authorizers_cache(restApiId=api, stageName="prod")
    other = installation.invoke(api, "/prod/pets/8", headers={"Authorization": "good"})
    assert json.loads(other.data)["requestContext"]["authorizer"]["at"] != said["at"], "the answers were thrown away"


@pytest.mark.parametrize(
    "token, status",
    [
        ("deny", 403), ("unauthorized", 401), ("crash", 500), ("exit", 500), ("huge", 500), ("nested", 500),
        ("number", 500), ("many", 500), ("nobody", 500),
    ],
)
def test_a_hostile_authorizer_lets_nobody_in(permitted, token, status):
    installation, _, _, api, _ = permitted
    answer = installation.invoke(api, "/prod/pets", headers={"Authorization": token})
    assert answer.status == status, answer.data
    assert "x-pets" not in answer.headers


@pytest.mark.parametrize("how, status", [("crash", 502), ("object", 502), ("inject", 502), ("base64", 200), ("none", 502)])
def test_a_function_that_answers_wrongly_is_answered_for(permitted, how, status):
    installation, _, _, api, _ = permitted
    answer = installation.invoke(api, f"/prod/pets?how={how}", headers={"Authorization": f"good-{how}"})
    assert answer.status == status, answer.data
    assert "x-c" not in answer.headers


def test_an_authorizer_can_be_tried(permitted):
    _, gateway, _, api, judge = permitted
    place = {"restApiId": api, "authorizerId": judge}
    tested = gateway.test_invoke_authorizer(**place, headers={"Authorization": "try"})
    assert (tested["clientStatus"], tested["principalId"]) == (0, "me"), tested
    assert json.loads(tested["policy"])["Statement"][0]["Effect"] == "Allow"
    assert gateway.test_invoke_authorizer(**place, headers={"Authorization": "unauthorized"})["clientStatus"] == 401
