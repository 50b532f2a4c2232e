"""boto3 makes functions, publishes, shares, permits and invokes them, on both stores."""

import base64
import json
import time

import botocore.exceptions
import pytest

from clients.signing.test_signed_apis import document
from support import binary, functions


@pytest.fixture
def client(installation):
    return installation.client("lambda")


@pytest.fixture
def function(installation, client, request):
    """A function of the test's own, which goes with it."""
    name = request.node.originalname.replace("_", "-")[:64]
    yield functions.create(installation, name)["FunctionName"]
    client.delete_function(FunctionName=name)


def code(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def answer(invoked):
    return json.loads(invoked["Payload"].read())


def test_the_life_of_a_function(installation, client):
    made = functions.create(installation, "life", Environment={"Variables": {"STAGE": "one"}}, Description="first")
    assert (made["State"], made["LastUpdateStatus"], made["Version"]) == ("Active", "Successful", "$LATEST")
    client.get_waiter("function_active_v2").wait(FunctionName="life")
    assert client.get_function(FunctionName=made["FunctionArn"])["Configuration"]["CodeSha256"] == made["CodeSha256"]
    assert code(functions.create, installation=installation, name="life") == "ResourceConflictException"
    changed = client.update_function_configuration(FunctionName="life", MemorySize=256, RevisionId=made["RevisionId"])
    assert (changed["MemorySize"], changed["Environment"]) == (256, {"Variables": {"STAGE": "one"}})
    stale = {"FunctionName": "life", "MemorySize": 512, "RevisionId": made["RevisionId"]}
    assert code(client.update_function_configuration, **stale) == "PreconditionFailedException"
    other = client.update_function_code(FunctionName="life", ZipFile=functions.archive(app="x = 1"), Publish=True)
    assert other["Version"] == "1" and other["CodeSha256"] != made["CodeSha256"]
    versions = client.get_paginator("list_versions_by_function").paginate(FunctionName="life")
    assert [version["Version"] for page in versions for version in page["Versions"]] == ["$LATEST", "1"]
    names = [one["FunctionName"] for page in client.get_paginator("list_functions").paginate() for one in page["Functions"]]
    assert "life" in names
    client.delete_function(FunctionName="life")
    assert code(client.get_function, FunctionName="life") == "ResourceNotFoundException"


def test_a_large_archive_arrives_whole(client, installation):
    filler = base64.b85encode(bytes(range(256)) * 80_000).decode()
    made = functions.create(installation, "large", Code={"ZipFile": functions.archive(app=functions.ECHO, filler=f"x = '''{filler}'''")})
    assert made["CodeSize"] > 20_000_000
    client.delete_function(FunctionName="large")


def test_a_function_answers_and_its_log_can_be_had(client, function):
    invoked = client.invoke(FunctionName=function, Payload=json.dumps({"a": 1}), LogType="Tail")
    told = answer(invoked)
    assert (invoked["StatusCode"], told["event"], told["version"]) == (200, {"a": 1}, "$LATEST")
    log = base64.b64decode(invoked["LogResult"]).decode()
    assert "asked {'a': 1}" in log and "REPORT RequestId" in log
    assert invoked["ExecutedVersion"] == "$LATEST"


def test_a_function_that_fails_says_so(client, function):
    invoked = client.invoke(FunctionName=function, Payload=json.dumps({"fail": True}))
    assert invoked["StatusCode"] == 200 and invoked["FunctionError"] == "Unhandled"
    assert answer(invoked)["errorMessage"] == "as told"


def test_versions_and_aliases_run_what_they_name(installation, client):
    functions.create(installation, "named", Environment={"Variables": {"STAGE": "one"}}, Publish=True)
    client.update_function_configuration(FunctionName="named", Environment={"Variables": {"STAGE": "two"}})
    assert client.publish_version(FunctionName="named")["Version"] == "2"
    client.create_alias(FunctionName="named", Name="live", FunctionVersion="1")
    for name, stage in [("named", "two"), ("named:1", "one"), ("named:2", "two"), ("named:live", "one")]:
        assert answer(client.invoke(FunctionName=name))["stage"] == stage, name
    weights = {"AdditionalVersionWeights": {"2": 0.5}}
    client.update_alias(FunctionName="named", Name="live", RoutingConfig=weights)
    seen = {client.invoke(FunctionName="named", Qualifier="live")["ExecutedVersion"] for _ in range(40)}
    assert seen == {"1", "2"}
    client.delete_function(FunctionName="named")


def test_an_event_runs_later_and_a_dry_run_not_at_all(installation, client, function):
    taken = client.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps({"later": 1}))
    assert taken["StatusCode"] == 202 and taken["Payload"].read() == b""
    assert client.invoke(FunctionName=function, InvocationType="DryRun")["StatusCode"] == 204
    deadline = time.monotonic() + 30
    words = ["logs", "--kind", "function", "--function", function, "--data-dir", str(installation.home)]
    while "asked {'later': 1}" not in binary.run(*words):
        assert time.monotonic() < deadline, "the event did not run"
        time.sleep(0.2)


def test_layers_are_shared_and_outlive_their_versions(installation, client):
    layer = client.publish_layer_version(LayerName="greeting", Content={"ZipFile": functions.archive(**{"python/greeting": "WORD = 'hello'"})})
    text = "import greeting\n\ndef handler(event, context):\n    return greeting.WORD\n"
    functions.create(installation, "layered", Code={"ZipFile": functions.archive(app=text)}, Layers=[layer["LayerVersionArn"]])
    client.delete_layer_version(LayerName="greeting", VersionNumber=layer["Version"])
    assert answer(client.invoke(FunctionName="layered")) == "hello"
    client.delete_function(FunctionName="layered")


def test_what_is_not_served_is_refused_by_name(client, function):
    assert code(client.create_function_url_config, FunctionName=function, AuthType="NONE") == "BadRequestException"
    url = {"StatementId": "u", "Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"}
    assert code(client.add_permission, FunctionName=function, **url) == "InvalidParameterValueException"
    retries = {"FunctionName": function, "MaximumRetryAttempts": 0}
    assert code(client.put_function_event_invoke_config, **retries) == "BadRequestException"


class Stranger:
    """A user of another account, who may do everything there."""

    def __init__(self, installation):
        made = json.loads(binary.run("account", "create", "--data-dir", str(installation.home)))
        self.account = made["accountId"]
        root = {"aws_access_key_id": made["accessKeyId"], "aws_secret_access_key": made["secretAccessKey"]}
        iam = installation.client("iam", **root)
        iam.create_user(UserName="stranger")
        everything = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
        iam.put_user_policy(UserName="stranger", PolicyName="all", PolicyDocument=everything)
        key = iam.create_access_key(UserName="stranger")["AccessKey"]
        signed = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        self.client = installation.client("lambda", **signed)
        self.arn = iam.get_user(UserName="stranger")["User"]["Arn"]


def test_another_account_invokes_by_permission_only(installation, client, function):
    stranger = Stranger(installation)
    arn = client.get_function(FunctionName=function)["Configuration"]["FunctionArn"]
    dry = {"FunctionName": arn, "InvocationType": "DryRun"}
    assert code(stranger.client.invoke, **dry) == "AccessDeniedException"
    assert code(stranger.client.get_function, FunctionName=arn) == "AccessDeniedException"
    permission = {"FunctionName": function, "StatementId": "s", "Action": "lambda:InvokeFunction"}
    for principal in [stranger.account, stranger.arn]:
        client.add_permission(**permission, Principal=principal)
        assert stranger.client.invoke(**dry)["StatusCode"] == 204
        assert code(stranger.client.invoke, **dry, Qualifier="$LATEST") == "AccessDeniedException"
        assert code(stranger.client.get_function, FunctionName=arn) == "AccessDeniedException"
        client.remove_permission(FunctionName=function, StatementId="s")
        assert code(stranger.client.invoke, **dry) == "AccessDeniedException"
    client.add_permission(**permission, Principal="apigateway.amazonaws.com")
    assert code(stranger.client.invoke, **dry) == "AccessDeniedException"


def test_a_role_is_passed_by_those_who_may(installation, client):
    iam = installation.client("iam")
    iam.create_user(UserName="deployer")
    key = iam.create_access_key(UserName="deployer")["AccessKey"]
    signed = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    deployer = installation.client("lambda", **signed)
    passed = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": functions.role(installation)}
    settings = {
        "FunctionName": "deployed", "Runtime": "python3.12", "Handler": "app.handler",
        "Role": functions.role(installation), "Code": {"ZipFile": functions.archive(app="x = 1")},
    }

    def allow(*statements):
        create = {"Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "*"}
        iam.put_user_policy(UserName="deployer", PolicyName="p", PolicyDocument=document(create, *statements))

    for statements in [(), ({**passed, "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}},)]:
        allow(*statements)
        assert code(deployer.create_function, **settings) == "AccessDeniedException"
    allow({**passed, "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}})
    deployer.create_function(**settings)
    client.delete_function(FunctionName="deployed")


def test_secrets_stay_out_of_the_records(installation, client):
    functions.create(installation, "secretive", Environment={"Variables": {"TOKEN": "hunter2"}})
    client.delete_function(FunctionName="secretive")
    trail = installation.client("cloudtrail")
    attribute = [{"AttributeKey": "ResourceName", "AttributeValue": "secretive"}]
    pages = trail.get_paginator("lookup_events").paginate(LookupAttributes=attribute)
    records = [event["CloudTrailEvent"] for page in pages for event in page["Events"]]
    assert len(records) >= 2 and not any("hunter2" in record or "UEsD" in record for record in records)
