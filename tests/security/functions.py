"""Every member of Lambda's writing calls: what it changes of who may do what, or that it is refused."""

import itertools
import json

import botocore.exceptions
import pytest

from clients.signing.test_signed_apis import document
from support import binary
from support import functions as code

COUNT = itertools.count()


class Functions:
    """A function, and a user of another account who may do everything there."""

    def __init__(self, installation):
        self.installation, self.client = installation, installation.client("lambda")
        self.name = f"mutated-{next(COUNT)}"
        self.arn = code.create(installation, self.name, Publish=True)["FunctionArn"].removesuffix(":1")
        made = json.loads(binary.run("account", "create", "--data-dir", str(installation.home)))
        self.account = made["accountId"]
        root = {"aws_access_key_id": made["accessKeyId"], "aws_secret_access_key": made["secretAccessKey"]}
        iam = installation.client("iam", **root)
        iam.create_user(UserName="stranger")
        iam.put_user_policy(
            UserName="stranger", PolicyName="all", PolicyDocument=document({"Effect": "Allow", "Action": "*", "Resource": "*"})
        )
        key = iam.create_access_key(UserName="stranger")["AccessKey"]
        signed = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        self.stranger = installation.client("lambda", **signed)

    def outcome(self, **named):
        """What the stranger's invocation is answered; it runs nothing."""
        try:
            return self.stranger.invoke(InvocationType="DryRun", **{"FunctionName": self.arn, **named})["StatusCode"]
        except botocore.exceptions.ClientError as refused:
            return refused.response["Error"]["Code"]


def functions(world):
    """The functions of a world of mutations, made once."""
    if not hasattr(world, "functions"):
        world.functions = Functions(world.installation)
    return world.functions


def refused(call, **given):
    """A row: the call is refused with these members, whatever the rest."""

    def row(world):
        here = functions(world)
        least = {
            "create_function": {
                "FunctionName": "never", "Runtime": "python3.12", "Handler": "app.handler",
                "Role": code.role(world.installation), "Code": {"ZipFile": code.archive(app="x = 1")},
            },
            "publish_layer_version": {"LayerName": "never", "Content": {"ZipFile": code.archive(app="x = 1")}},
            "update_alias": {"FunctionName": here.name, "Name": "never"},
            "create_alias": {"FunctionName": here.name, "Name": "never", "FunctionVersion": "1"},
            "tag_resource": {"Resource": here.arn},
            "add_permission": {
                "FunctionName": here.name, "StatementId": "never", "Action": "lambda:InvokeFunction", "Principal": here.account,
            },
        }.get(call, {"FunctionName": here.name})
        with pytest.raises(botocore.exceptions.ClientError):
            getattr(here.client, call)(**least | given)

    return row


def permitted(**given):
    """A row: with such a permission the stranger may invoke, and not a moment longer."""

    def row(world):
        here = functions(world)
        permission = {"FunctionName": here.name, "StatementId": "row", "Action": "lambda:InvokeFunction", "Principal": here.account}
        place = {key: value for key, value in given.items() if key == "Qualifier"}
        assert here.outcome(**place) == "AccessDeniedException"
        here.client.add_permission(**permission | given)
        assert here.outcome(**place) == 204
        here.client.remove_permission(FunctionName=here.name, StatementId="row", **place)
        assert here.outcome(**place) == "AccessDeniedException"

    return row


def closed(**given):
    """A row: such a permission does not let the stranger in, whom it would let in without the member."""

    def row(world):
        here = functions(world)
        permission = {"FunctionName": here.name, "StatementId": "row", "Action": "lambda:InvokeFunction", "Principal": here.account}
        here.client.add_permission(**permission | given)
        assert here.outcome() == "AccessDeniedException"
        here.client.remove_permission(FunctionName=here.name, StatementId="row")

    return row


def network(world):
    """A word that nobody knows opens no network, and neither closes one."""
    refused("tag_resource", Tags={"portcullis:network": "all"})(world)
