"""boto3 asks what policies would decide, and calls are decided just so."""

import json

import botocore.exceptions
import pytest

ACTION = "apigateway:GET"


def document(effect, condition=None, **more):
    statement = {"Effect": effect, "Action": ACTION, "Resource": "*"} | more
    statement |= {"Condition": condition} if condition else {}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def iam(installation):
    return installation.client("iam")


@pytest.fixture
def user(iam, installation, request):
    """A fresh user's name and ARN, and a client of API Gateway that signs with its key."""
    name = "simulated-" + request.node.name.partition("[")[0][-40:]
    arn = iam.create_user(UserName=name, Path="/boto3/")["User"]["Arn"]
    key = iam.create_access_key(UserName=name)["AccessKey"]
    secret = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    yield name, arn, installation.client("apigateway", **secret)
    for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=policy)
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=name)


def decision(answer):
    [result] = answer["EvaluationResults"]
    return result["EvalDecision"]


def code(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_a_user_is_decided_as_it_was_simulated(iam, user):
    name, arn, client = user

    def agrees(expected, matched):
        answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=[ACTION])
        assert decision(answer) == expected
        told = [one["SourcePolicyId"] for one in answer["EvaluationResults"][0]["MatchedStatements"]]
        assert told == matched
        if expected == "allowed":
            client.get_rest_apis()
        else:
            assert code(client.get_rest_apis) == "AccessDeniedException"

    agrees("implicitDeny", [])
    own = document("Allow", {"StringEquals": {"aws:username": name}, "ArnEquals": {"aws:PrincipalArn": arn}})
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=own)
    agrees("allowed", [f"user_{name}_own"])
    bound = iam.create_policy(PolicyName="simulated-bound", PolicyDocument=document("Allow", Action="s3:*"))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=bound)
    agrees("implicitDeny", [])
    iam.delete_user_permissions_boundary(UserName=name)
    iam.delete_policy(PolicyArn=bound)
    iam.put_user_policy(UserName=name, PolicyName="none", PolicyDocument=document("Deny"))
    agrees("explicitDeny", [f"user_{name}_none"])
    assert code(iam.simulate_principal_policy, PolicySourceArn=arn.replace("/boto3/", "/"), ActionNames=[ACTION]) == "NoSuchEntity"


def test_a_role_is_its_own_caller(iam):
    trust = {"Version": "2012-10-17", "Statement": []}
    trust["Statement"] = [{"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    arn = iam.create_role(RoleName="simulated", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    own = document("Allow", {"ArnEquals": {"aws:PrincipalArn": arn}})
    answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=[ACTION], PolicyInputList=[own])
    assert decision(answer) == "allowed"
    named = document("Allow", {"StringLike": {"aws:username": "*"}})
    answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=[ACTION], PolicyInputList=[named])
    assert decision(answer) == "implicitDeny"
    assert answer["EvaluationResults"][0]["MissingContextValues"] == ["aws:username"]
    iam.delete_role(RoleName="simulated")


def test_documents_that_are_stored_nowhere(iam):
    inside = document("Allow", {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    keys = iam.get_context_keys_for_custom_policy(PolicyInputList=[inside])["ContextKeyNames"]
    assert [key.lower() for key in keys] == ["aws:sourceip"]
    for kind, values, expected in [
        ("ip", ["10.1.2.3"], "allowed"),
        ("ip", ["192.0.2.1"], "implicitDeny"),
        ("ipList", ["192.0.2.1", "10.1.2.3"], "allowed"),
    ]:
        entry = {"ContextKeyName": "aws:SourceIp", "ContextKeyType": kind, "ContextKeyValues": values}
        answer = iam.simulate_custom_policy(PolicyInputList=[inside], ActionNames=[ACTION], ContextEntries=[entry])
        assert decision(answer) == expected, values
    entry["ContextKeyValues"] = ["10.1.2.3", "nowhere"]
    refused = {"PolicyInputList": [inside], "ActionNames": [ACTION], "ContextEntries": [entry]}
    assert code(iam.simulate_custom_policy, **refused) == "InvalidInput"


def test_both_accounts_must_allow(iam, user):
    _, arn, _ = user
    theirs = "arn:aws:execute-api:eu-west-1:999999999999:a1/prod/GET/"
    invoke = document("Allow", Action="execute-api:Invoke")
    shared = document("Allow", Action="execute-api:Invoke", Principal={"AWS": arn})
    question = {"ActionNames": ["execute-api:Invoke"], "ResourceArns": [theirs + "a", theirs + "b"], "CallerArn": arn}
    answer = iam.simulate_custom_policy(PolicyInputList=[invoke], **question)
    assert decision(answer) == "implicitDeny"
    answer = iam.simulate_custom_policy(PolicyInputList=[invoke], ResourcePolicy=shared, **question)
    assert decision(answer) == "allowed"
    each = answer["EvaluationResults"][0]["ResourceSpecificResults"]
    assert [(one["EvalResourceName"], one["EvalResourceDecision"]) for one in each] == [
        (theirs + "a", "allowed"),
        (theirs + "b", "allowed"),
    ]
    answer = iam.simulate_custom_policy(PolicyInputList=[document("Allow")], ResourcePolicy=shared, **question)
    assert decision(answer) == "implicitDeny"


def test_results_come_in_pages(iam):
    actions = [f"s3:Get{number}" for number in range(5)]
    question = {"PolicyInputList": [document("Allow", Action="s3:*")], "ActionNames": actions}
    pages = iam.get_paginator("simulate_custom_policy").paginate(PaginationConfig={"PageSize": 2}, **question)
    told = [(one["EvalActionName"], one["EvalDecision"]) for page in pages for one in page["EvaluationResults"]]
    assert told == [(action, "allowed") for action in actions]
