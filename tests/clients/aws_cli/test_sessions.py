"""The AWS CLI acts as a role: by name, by a token in a file, and by a session of its own."""

import json
import os
import pathlib
import subprocess
import sys
import uuid

AWS = pathlib.Path(sys.executable).with_name("aws")


def trust(principal, action="sts:AssumeRole"):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def aws(environment, *words):
    done = subprocess.run([AWS, *words, "--output", "json"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "null")


def test_a_role_by_name_and_by_a_token_in_a_file(installation, issuer, tmp_path):
    root = os.environ | installation.environment()
    name = f"cli-{uuid.uuid4().hex[:8]}"
    user = aws(root, "iam", "create-user", "--user-name", name)["User"]["Arn"]
    key = aws(root, "iam", "create-access-key", "--user-name", name)["AccessKey"]
    alice = root | {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    made = aws(root, "iam", "create-open-id-connect-provider", "--url", issuer.url, "--client-id-list", "app")
    provider = made["OpenIDConnectProviderArn"]
    create = ["iam", "create-role", "--role-name", name, "--assume-role-policy-document"]
    role = aws(root, *create, trust({"AWS": user}))["Role"]["Arn"]
    try:
        assumed = aws(alice, "sts", "assume-role", "--role-arn", role, "--role-session-name", "cli")
        assert assumed["AssumedRoleUser"]["Arn"].endswith(f":assumed-role/{name}/cli")
        session = aws(alice, "sts", "get-session-token", "--duration-seconds", "900")["Credentials"]
        temporary = alice | {
            "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
            "AWS_SESSION_TOKEN": session["SessionToken"],
        }
        assert aws(temporary, "sts", "get-caller-identity")["Arn"] == user

        document = trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity")
        aws(root, "iam", "update-assume-role-policy", "--role-name", name, "--policy-document", document)
        file = tmp_path / "token"
        file.write_text(issuer.token())
        web = root | {"AWS_WEB_IDENTITY_TOKEN_FILE": str(file), "AWS_ROLE_ARN": role, "AWS_ROLE_SESSION_NAME": "pod"}
        del web["AWS_ACCESS_KEY_ID"], web["AWS_SECRET_ACCESS_KEY"]
        assert aws(web, "sts", "get-caller-identity")["Arn"].endswith(f":assumed-role/{name}/pod")
    finally:
        aws(root, "iam", "delete-role", "--role-name", name)
        aws(root, "iam", "delete-open-id-connect-provider", "--open-id-connect-provider-arn", provider)
        aws(root, "iam", "delete-access-key", "--user-name", name, "--access-key-id", key["AccessKeyId"])
        aws(root, "iam", "delete-user", "--user-name", name)
