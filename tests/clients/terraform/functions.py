"""A function with all that belongs to it: a change makes a version, and the alias follows."""

import base64
import hashlib
import json

from support import functions

NAME = {"FunctionName": "terraform-echo"}


def variables(world):
    world.package.write_bytes(functions.archive(app=functions.ECHO))
    code = {"archive": str(world.package), "hash": digest(world)}
    return [code | {"stage": "one"}, code | {"stage": "two"}]


def first(world, made):
    client = world.client("lambda")
    function = client.get_function(**NAME)
    assert function["Configuration"]["CodeSha256"] == digest(world)
    assert function["Concurrency"]["ReservedConcurrentExecutions"] == 5
    policy = client.get_policy(**NAME, Qualifier="live")["Policy"]
    assert json.loads(policy)["Statement"][0]["Resource"].endswith(":function:terraform-echo:live")


def second(world, made):
    assert made["version"] == "2"
    assert world.client("lambda").get_alias(**NAME, Name="live")["FunctionVersion"] == "2"


def gone(world, made):
    assert "terraform-echo" not in [one["FunctionName"] for one in world.client("lambda").list_functions()["Functions"]]


def digest(world):
    return base64.b64encode(hashlib.sha256(world.package.read_bytes()).digest()).decode()
