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
    assert keys == ["aws:SourceIp"]
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


def places(result):
    """A result's statements: name, where each begins, where it ends."""
    told = lambda place: (place["Line"], place["Column"])
    return [
        (one["SourcePolicyId"], told(one["StartPosition"]), told(one["EndPosition"]))
        for one in result["MatchedStatements"]
    ]


def only(answer):
    [result] = answer["EvaluationResults"]
    return result


def test_a_statement_is_told_with_its_place_in_the_text_as_it_was_stored(iam, user):
    name, arn, _ = user
    statements = [{"Sid": sid, "Effect": "Allow", "Action": f"s3:{sid}", "Resource": "*"} for sid in ("First", "Second")]
    own = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=own)
    for action, start, end in [("s3:First", (3, 17), (9, 6)), ("s3:Second", (9, 6), (15, 6))]:
        answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=[action])
        assert places(only(answer)) == [(f"user_{name}_own", start, end)]
    # The request of the AWS CLI's example, and the answer that it shows.
    condition = {"DateGreaterThan": {"aws:CurrentTime": "2018-08-16T12:00:00Z"}}
    example = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*", "Condition": condition}
    example = json.dumps({"Version": "2012-10-17", "Statement": example}, separators=(",", ":"))
    entry = {"ContextKeyName": "aws:CurrentTime", "ContextKeyType": "date", "ContextKeyValues": ["2019-04-25T11:00:00Z"]}
    question = {"PolicyInputList": [example], "ActionNames": ["dynamodb:CreateBackup"], "ContextEntries": [entry]}
    answer = iam.simulate_custom_policy(**question)
    assert places(only(answer)) == [("PolicyInputList.1", (1, 38), (1, 167))]
    assert only(answer)["MissingContextValues"] == []
    assert "EvalDecisionDetails" not in only(answer)


def test_policies_are_left_out_of_the_question_only(iam, user):
    name, arn, client = user
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document("Allow"))
    kept = iam.create_policy(PolicyName="simulated-kept", Path="/kept/", PolicyDocument=document("Allow"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName=name, PolicyArn=kept)

    def without(*excluded):
        question = {"PolicySourceArn": arn, "ActionNames": [ACTION], "PolicyExclusionList": list(excluded)}
        return [one for one, _, _ in places(only(iam.simulate_principal_policy(**question)))]

    inline = {"PolicyName": "own", "AttachmentType": "user", "AttachmentName": "simulated-*"}
    both = [f"user_{name}_own", "simulated-kept"]
    assert without() == both
    assert without({"PolicyType": "inline"}) == without({"InlinePolicyIdentifier": inline}) == both[1:]
    assert without({"PolicyType": "user-managed"}) == without({"PolicyArn": kept}) == both[:1]
    assert without({"PolicyArn": kept.replace("simulated-kept", "simulated-*")}) == both[:1]
    assert without({"PolicyType": "inline"}, {"PolicyArn": kept}) == []
    assert without({"PolicyType": "scp"}, {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}) == both
    client.get_rest_apis()
    for wrong in [{"PolicyArn": arn}, {"PolicyArn": kept + "**"}, {"InlinePolicyIdentifier": inline | {"PolicyName": "o*"}}]:
        refused = {"PolicySourceArn": arn, "ActionNames": [ACTION], "PolicyExclusionList": [wrong]}
        assert code(iam.simulate_principal_policy, **refused) == "InvalidInput", wrong
    iam.detach_user_policy(UserName=name, PolicyArn=kept)
    iam.delete_policy(PolicyArn=kept)


def test_a_scenario_asks_for_its_resources(iam):
    arns = [
        f"arn:aws:ec2:us-east-1:123456789012:{kind}/x-1"
        for kind in ("instance", "image", "security-group", "network-interface", "volume")
    ]
    run = {"PolicyInputList": [document("Allow", Action="ec2:RunInstances")], "ActionNames": ["ec2:RunInstances"]}
    run |= {"ResourceHandlingOption": "EC2-VPC-EBS"}
    question = {"CallerArn": "arn:aws:iam::123456789012:user/bobby"}
    assert decision(iam.simulate_custom_policy(**run, **question, ResourceArns=arns)) == "allowed"
    assert code(iam.simulate_custom_policy, **run, **question, ResourceArns=arns[:4]) == "InvalidInput"
    assert code(iam.simulate_custom_policy, **run | {"ResourceHandlingOption": "EC2-Classic-EBS"}) == "InvalidInput"


def test_missing_keys_are_told_as_the_policy_wrote_them(iam):
    policy = document("Allow", {"StringEquals": {"aws:PrincipalTag/Team": "red", "AWS:SourceVPCE": "vpce-1"}})
    question = {"PolicyInputList": [policy], "ActionNames": [ACTION]}
    names = ["aws:PrincipalTag/Team", "AWS:SourceVPCE"]
    assert iam.get_context_keys_for_custom_policy(PolicyInputList=[policy])["ContextKeyNames"] == names
    assert only(iam.simulate_custom_policy(**question))["MissingContextValues"] == names
    entry = {"ContextKeyName": "AWS:principaltag/TEAM", "ContextKeyType": "string", "ContextKeyValues": ["red"]}
    arns = [f"arn:aws:apigateway:us-east-1::/restapis/{api}" for api in ("a", "b")]
    result = only(iam.simulate_custom_policy(**question, ContextEntries=[entry], ResourceArns=arns))
    assert result["MissingContextValues"] == []
    told = [(one["EvalResourceName"], one["MissingContextValues"]) for one in result["ResourceSpecificResults"]]
    assert told == [(arn, names[1:]) for arn in arns]


def test_each_kind_of_policy_and_each_limit_is_told(iam, user):
    _, arn, _ = user
    put, listed = "s3:PutObject", document("Allow", Action="iam:*")
    shared = document("Allow", Action="s3:*", Principal={"AWS": arn})
    question = {"PolicyInputList": [listed], "ActionNames": [put], "ResourceArns": ["arn:aws:s3:::mary/Test"]}
    question |= {"PermissionsBoundaryPolicyInputList": [listed], "CallerArn": arn, "ResourcePolicy": shared}
    abroad = only(iam.simulate_custom_policy(**question, ResourceOwner="arn:aws:iam::999999999999:root"))
    details = {"IAM Policy": "implicitDeny", "Resource Policy": "allowed", "Permissions Boundary Policy": "implicitDeny"}
    bounded = {"AllowedByPermissionsBoundary": False}
    [each] = abroad["ResourceSpecificResults"]
    for told in (abroad, each):
        assert told["EvalDecisionDetails"] == details
        assert told["PermissionsBoundaryDecisionDetail"] == bounded
    assert (abroad["EvalDecision"], each["EvalResourceDecision"]) == ("implicitDeny", "implicitDeny")
    assert (abroad["MatchedStatements"], [one for one, _, _ in places(each)]) == ([], ["ResourcePolicy"])
    # At home what the resource grants to the user by name is enough, whatever bounds the user.
    home = only(iam.simulate_custom_policy(**question))
    assert (home["EvalDecision"], home["EvalDecisionDetails"]) == ("allowed", {})
    assert home["PermissionsBoundaryDecisionDetail"] == bounded and "OrganizationsDecisionDetail" not in home
    levels = [{"ServiceControlPolicyInputList": [document("Allow", Action="*")]}, {"ServiceControlPolicyInputList": [listed]}]
    limited = only(iam.simulate_custom_policy(**question, OrderedOrganizationPolicyInputList=levels))
    assert limited["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": False}
    assert limited["EvalDecision"] == "implicitDeny" and "EvalDecisionDetails" not in limited


@pytest.mark.parametrize(
    "operator, wanted, kind, values, expected",
    [
        ("NumericLessThan", "5", "numericList", ["9", "4.5"], "allowed"),
        ("NumericLessThan", "10", "numericList", ["9", "4.5"], "allowed"),
        ("ForAllValues:NumericLessThan", "9", "numericList", ["9", "4.5"], "implicitDeny"),
        ("DateLessThan", "2026-01-01", "dateList", ["2027-01-01", "2025-06-30T00:00:00+02:00"], "allowed"),
        ("ForAllValues:DateLessThan", "2026-01-01", "dateList", ["2027-01-01", "2025-06-30"], "implicitDeny"),
        ("Bool", "true", "booleanList", ["False", "True"], "allowed"),
        ("IpAddress", "2001:db8::/32", "ipList", ["10.0.0.1", "2001:DB8::1"], "allowed"),
        ("BinaryEquals", "AQID", "binaryList", ["AAAA", "AQID"], "allowed"),
        ("StringLike", "r?d", "stringList", ["blue", "red"], "allowed"),
        ("NumericLessThan", "5", "numericList", ["4", "many"], "InvalidInput"),
        ("DateLessThan", "2026-01-01", "dateList", ["2025-01-01", "2025-02-30"], "InvalidInput"),
        ("Bool", "true", "booleanList", ["true", "1"], "InvalidInput"),
        ("BinaryEquals", "AQID", "binary", ["not base64"], "InvalidInput"),
    ],
)
def test_values_are_compared_by_their_type(iam, operator, wanted, kind, values, expected):
    entry = {"ContextKeyName": "my:key", "ContextKeyType": kind, "ContextKeyValues": values}
    question = {"PolicyInputList": [document("Allow", {operator: {"MY:Key": wanted}})], "ActionNames": [ACTION]}
    if expected == "InvalidInput":
        assert code(iam.simulate_custom_policy, **question, ContextEntries=[entry]) == expected
    else:
        assert decision(iam.simulate_custom_policy(**question, ContextEntries=[entry])) == expected
