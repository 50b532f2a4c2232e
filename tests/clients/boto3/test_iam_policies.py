"""boto3 gives, bounds and takes permissions, and the very next call is judged by them."""

import json

import botocore.exceptions
import pytest

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "apigateway:GET", "Resource": "*"}]}
WRITE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "apigateway:*", "Resource": "*"}]}
AWS = "arn:aws:iam::aws:policy/"


@pytest.fixture
def iam(installation):
    return installation.client("iam")


@pytest.fixture
def user(iam, installation, request):
    """A fresh user's name, and a client of API Gateway that signs with its key."""
    name = "policies-" + request.node.name.partition("[")[0][-40:]
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    secret = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    yield name, installation.client("apigateway", **secret)
    for policy in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
        iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])
    for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=policy)
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=name)


def allowed(call, **arguments):
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException", error
        return False
    return True


def can(client):
    """What a client may: read, write."""
    made = "000000000a"
    write = allowed(client.create_rest_api, name=made)
    for api in client.get_rest_apis(limit=500)["items"] if write else []:
        if api["name"] == made:
            client.delete_rest_api(restApiId=api["id"])
    return allowed(client.get_rest_apis), write


def test_a_managed_policy_in_all_its_versions(iam, user):
    name, client = user
    assert can(client) == (False, False)
    policy = iam.create_policy(PolicyName="versions", Path="/boto3/", PolicyDocument=json.dumps(READ))["Policy"]
    arn = policy["Arn"]
    assert arn.endswith(":policy/boto3/versions") and policy["DefaultVersionId"] == "v1"
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    assert can(client) == (True, False)
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(WRITE))["PolicyVersion"]
    assert (version["VersionId"], version["IsDefaultVersion"], can(client)) == ("v2", False, (True, False))
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert can(client) == (True, True)
    shown = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert (shown["Document"], shown["IsDefaultVersion"]) == (READ, False)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    assert [one["UserName"] for one in iam.list_entities_for_policy(PolicyArn=arn)["PolicyUsers"]] == [name]
    pages = iam.get_paginator("list_policies").paginate(Scope="Local", PaginationConfig={"PageSize": 1})
    assert arn in [one["Arn"] for page in pages for one in page["Policies"]]
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_policy(PolicyArn=arn)
    iam.detach_user_policy(UserName=name, PolicyArn=arn)
    assert can(client) == (False, False)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_policy(PolicyArn=arn)


def test_an_inline_policy_and_a_boundary(iam, user):
    name, client = user
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(WRITE))
    assert can(client) == (True, True)
    assert iam.get_user_policy(UserName=name, PolicyName="all")["PolicyDocument"] == WRITE
    arn = iam.create_policy(PolicyName="bound", PolicyDocument=json.dumps(READ))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=arn)
    assert can(client) == (True, False)
    iam.delete_user_permissions_boundary(UserName=name)
    assert can(client) == (True, True)
    iam.delete_policy(PolicyArn=arn)
    iam.delete_user_policy(UserName=name, PolicyName="all")
    assert can(client) == (False, False)


def test_awss_own_policies_by_name(iam, user):
    name, client = user
    iam.attach_user_policy(UserName=name, PolicyArn=AWS + "AmazonAPIGatewayAdministrator")
    assert can(client) == (True, True)
    iam.attach_user_policy(UserName=name, PolicyArn=AWS + "AWSDenyAll")
    assert can(client) == (False, False)
    version = iam.get_policy(PolicyArn=AWS + "AWSDenyAll")["Policy"]["DefaultVersionId"]
    shown = iam.get_policy_version(PolicyArn=AWS + "AWSDenyAll", VersionId=version)["PolicyVersion"]
    assert shown["Document"]["Statement"][0]["Effect"] == "Deny"
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        iam.delete_policy(PolicyArn=AWS + "AWSDenyAll")


def test_who_may_attach_what_to_whom(iam, user, installation):
    """The delegation that boundaries exist for: attach one policy only, and only to whoever is bounded."""
    name, client = user
    bound = iam.create_policy(PolicyName="delegation", PolicyDocument=json.dumps(READ))["Policy"]["Arn"]
    given = AWS + "AmazonAPIGatewayAdministrator"
    condition = {"ArnEquals": {"iam:PolicyARN": given}, "StringEquals": {"iam:PermissionsBoundary": bound}}
    statement = {"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_user_policy(UserName=name, PolicyName="delegate", PolicyDocument=json.dumps(document))
    credentials = client._request_signer._credentials
    key = {"aws_access_key_id": credentials.access_key, "aws_secret_access_key": credentials.secret_key}
    delegate = installation.client("iam", **key)
    other = name + "-2"
    iam.create_user(UserName=other)

    def attaches(policy):
        try:
            delegate.attach_user_policy(UserName=other, PolicyArn=policy)
        except botocore.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDenied", error
            return False
        return True

    assert not attaches(given)
    iam.put_user_permissions_boundary(UserName=other, PermissionsBoundary=bound)
    assert not attaches(AWS + "AdministratorAccess")
    assert attaches(given)
    iam.detach_user_policy(UserName=other, PolicyArn=given)
    iam.delete_user_permissions_boundary(UserName=other)
    iam.delete_user(UserName=other)
    iam.delete_policy(PolicyArn=bound)


def test_an_instance_profile_beside_a_role(iam):
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    iam.create_role(RoleName="profiled", AssumeRolePolicyDocument=json.dumps(trust))
    iam.create_instance_profile(InstanceProfileName="profile", Tags=[{"Key": "a", "Value": "1"}])
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="profiled")
    shown = iam.get_instance_profile(InstanceProfileName="profile")["InstanceProfile"]
    assert ([role["RoleName"] for role in shown["Roles"]], shown["Tags"]) == (["profiled"], [{"Key": "a", "Value": "1"}])
    assert shown["Roles"][0]["AssumeRolePolicyDocument"] == trust
    listed = iam.list_instance_profiles_for_role(RoleName="profiled")["InstanceProfiles"]
    assert [profile["InstanceProfileName"] for profile in listed] == ["profile"]
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_role(RoleName="profiled")
    iam.remove_role_from_instance_profile(InstanceProfileName="profile", RoleName="profiled")
    iam.delete_instance_profile(InstanceProfileName="profile")
    iam.delete_role(RoleName="profiled")


def test_what_is_malformed_is_told_in_awss_words(iam, user):
    name, _ = user
    broken = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "x", "Resource": "*"}]}
    message = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    with pytest.raises(iam.exceptions.MalformedPolicyDocumentException, match=message):
        iam.create_policy(PolicyName="broken", PolicyDocument=json.dumps(broken))
    with pytest.raises(iam.exceptions.LimitExceededException, match="Cannot exceed quota for PolicySize: 6144"):
        iam.create_policy(PolicyName="broken", PolicyDocument=json.dumps(READ | {"Id": "x" * 100_000}))
    with pytest.raises(iam.exceptions.LimitExceededException, match="Maximum policy size of 2048 bytes exceeded"):
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(READ | {"Id": "x" * 2048}))
