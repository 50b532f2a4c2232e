"""Function code as archives, and a role that Lambda may take on."""

import io
import json
import zipfile

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
ECHO = """
import os

def handler(event, context):
    print("asked", event)
    if event.get("fail"):
        raise ValueError("as told")
    return {
        "event": event, "stage": os.environ.get("STAGE"), "version": context.function_version,
        "arn": context.invoked_function_arn, "request": context.aws_request_id,
    }
"""


def archive(**files):
    """A zip archive; the names are given without their suffix `.py`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as whole:
        for name, text in files.items():
            whole.writestr(f"{name}.py", text)
    return packed.getvalue()


def role(installation, name="functions"):
    """The ARN of a role that Lambda may take on; it is made where it is missing."""
    iam = installation.client("iam")
    try:
        return iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        return iam.get_role(RoleName=name)["Role"]["Arn"]


def create(installation, name, **changes):
    """Makes a function that answers what it was asked."""
    settings = {
        "FunctionName": name,
        "Runtime": "python3.12",
        "Handler": "app.handler",
        "Role": role(installation),
        "Code": {"ZipFile": archive(app=ECHO)},
        "Timeout": 30,
    }
    return installation.client("lambda").create_function(**settings | changes)
