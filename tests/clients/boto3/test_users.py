"""boto3 makes, renames, groups and removes users, turns their keys, and reads the account as a whole."""

import botocore.exceptions
import pytest


@pytest.fixture
def iam(installation):
    return installation.client("iam")


def code(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_the_life_of_a_user(iam, installation):
    user = iam.create_user(UserName="life", Path="/boto3/", Tags=[{"Key": "team", "Value": "a b"}])["User"]
    assert user["Arn"].endswith(":user/boto3/life") and user["UserId"].startswith("AIDA")
    assert user["Tags"] == [{"Key": "team", "Value": "a b"}]
    assert code(iam.create_user, UserName="LIFE") == "EntityAlreadyExists"
    key = iam.create_access_key(UserName="life")["AccessKey"]
    signed = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    sts = installation.client("sts", **signed)
    assert sts.get_caller_identity()["Arn"] == user["Arn"]
    assert code(installation.client("iam", **signed).list_users) == "AccessDenied"

    iam.update_user(UserName="life", NewUserName="afterlife")
    assert sts.get_caller_identity()["Arn"].endswith(":user/boto3/afterlife")
    assert [known["UserName"] for known in iam.list_access_keys(UserName="afterlife")["AccessKeyMetadata"]] == ["afterlife"]
    iam.update_access_key(UserName="afterlife", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert code(sts.get_caller_identity) == "InvalidClientTokenId"
    assert code(iam.delete_user, UserName="afterlife") == "DeleteConflict"
    iam.delete_access_key(UserName="afterlife", AccessKeyId=key["AccessKeyId"])
    iam.untag_user(UserName="afterlife", TagKeys=["team"])
    assert iam.list_user_tags(UserName="afterlife")["Tags"] == []
    iam.delete_user(UserName="afterlife")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_user(UserName="afterlife")


def test_groups_and_pages(iam):
    iam.create_group(GroupName="crew", Path="/boto3/")
    names = [f"member{number}" for number in range(5)]
    for name in names:
        iam.create_user(UserName=name, Path="/crew/")
        iam.add_user_to_group(GroupName="crew", UserName=name)
    for operation, key, arguments in [
        ("get_group", "Users", {"GroupName": "crew"}),
        ("list_users", "Users", {"PathPrefix": "/crew/"}),
    ]:
        pages = iam.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2}, **arguments)
        assert [user["UserName"] for page in pages for user in page[key]] == names
    iam.update_group(GroupName="crew", NewGroupName="staff")
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="member0")["Groups"]] == ["staff"]
    assert code(iam.delete_group, GroupName="staff") == "DeleteConflict"
    details = iam.get_paginator("get_account_authorization_details").paginate(
        Filter=["User", "Group"], PaginationConfig={"PageSize": 3}
    )
    users = {user["UserName"]: user for page in details for user in page["UserDetailList"]}
    assert all(users[name]["GroupList"] == ["staff"] for name in names)
    assert iam.get_account_summary()["SummaryMap"]["Users"] >= len(names)
    for name in names:
        iam.remove_user_from_group(GroupName="staff", UserName=name)
        iam.delete_user(UserName=name)
    iam.delete_group(GroupName="staff")


def test_the_account_itself(iam, installation):
    root = iam.get_user()["User"]
    assert root["Arn"].endswith(":root") and root["UserId"] in root["Arn"]
    assert installation.key[0] in [key["AccessKeyId"] for key in iam.list_access_keys()["AccessKeyMetadata"]]
    iam.create_account_alias(AccountAlias="boto3-alias")
    assert iam.list_account_aliases()["AccountAliases"] == ["boto3-alias"]
    iam.delete_account_alias(AccountAlias="boto3-alias")
    assert code(iam.get_account_password_policy) == "NoSuchEntity"
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
    never = iam.create_user(UserName="idle")["User"]["UserName"]
    key = iam.create_access_key(UserName=never)["AccessKey"]["AccessKeyId"]
    assert iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    iam.delete_access_key(UserName=never, AccessKeyId=key)
    iam.delete_user(UserName=never)
