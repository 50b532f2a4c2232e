"""The AWS CLI makes a user with a key in a group, who signs on with it."""

import json
import os
import pathlib
import subprocess
import sys

AWS = pathlib.Path(sys.executable).with_name("aws")


def test_a_user_signs_on(installation):
    def aws(*words, **changes):
        environment = os.environ | installation.environment() | changes
        done = subprocess.run([AWS, *words, "--output", "json"], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "null")

    name = ["--user-name", "cli"]
    aws("iam", "create-user", *name)
    aws("iam", "create-group", "--group-name", "cli")
    aws("iam", "add-user-to-group", *name, "--group-name", "cli")
    assert [user["UserName"] for user in aws("iam", "get-group", "--group-name", "cli")["Users"]] == ["cli"]
    key = aws("iam", "create-access-key", *name)["AccessKey"]
    signed = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    assert aws("sts", "get-caller-identity", **signed)["Arn"].endswith(":user/cli")
    aws("iam", "delete-access-key", *name, "--access-key-id", key["AccessKeyId"])
    aws("iam", "remove-user-from-group", *name, "--group-name", "cli")
    aws("iam", "delete-group", "--group-name", "cli")
    aws("iam", "delete-user", *name)
