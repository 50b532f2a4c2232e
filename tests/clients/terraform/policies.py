"""Policies of every kind, all of which come to allow more."""


def variables(world):
    return [{"action": "apigateway:GET"}, {"action": "apigateway:*"}]


def first(world, made):
    assert world.client("iam").get_policy(PolicyArn=made["policy"])["Policy"]["AttachmentCount"] == 2


def second(world, made):
    iam, arn = world.client("iam"), made["policy"]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert document["Statement"][0]["Action"] == "apigateway:*"


def gone(world, made):
    assert made["policy"] not in {left["Arn"] for left in world.client("iam").list_policies(Scope="Local")["Policies"]}
