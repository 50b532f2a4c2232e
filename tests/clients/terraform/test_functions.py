"""Terraform makes a function with all that belongs to it, finds nothing to change, changes it, and takes it away."""

import base64
import hashlib
import json

from support import functions

CONFIGURATION = "functions.tf"


def test_a_function_with_alias_and_permission(terraform, installation, tmp_path):
    client = installation.client("lambda")
    package = tmp_path / "echo.zip"
    package.write_bytes(functions.archive(app=functions.ECHO))
    digest = base64.b64encode(hashlib.sha256(package.read_bytes()).digest()).decode()
    first = {"archive": str(package), "hash": digest, "stage": "one"}
    terraform("apply", "-auto-approve", **first)
    terraform("plan", "-detailed-exitcode", **first)
    made = client.get_function(FunctionName="terraform-echo")
    assert made["Configuration"]["CodeSha256"] == digest and made["Concurrency"]["ReservedConcurrentExecutions"] == 5
    policy = client.get_policy(FunctionName="terraform-echo", Qualifier="live")["Policy"]
    assert json.loads(policy)["Statement"][0]["Resource"].endswith(":function:terraform-echo:live")

    second = first | {"stage": "two"}
    terraform("apply", "-auto-approve", **second)
    terraform("plan", "-detailed-exitcode", **second)
    assert json.loads(terraform("output", "-json"))["version"]["value"] == "2"
    assert client.get_alias(FunctionName="terraform-echo", Name="live")["FunctionVersion"] == "2"

    terraform("destroy", "-auto-approve", **second)
    assert "terraform-echo" not in [one["FunctionName"] for one in client.list_functions()["Functions"]]
