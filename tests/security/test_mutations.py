"""Every property that protects, set on a running node: some request's outcome changes, or the call that sets it is refused.

The properties are AWS's own: the members of the calls below. A member without a verdict fails the test.
"""

import json

import botocore.exceptions
import pytest

from clients.signing.test_signed_apis import EVERYTHING, Api, document, identity, invoke, user
from support import models

LABEL = "a text or number that nothing decides by"
NAMES = "names what the call is about"
ELSEWHERE = "the journey's own tests change outcomes by it"


class World:
    """An API, a user who may call it, and what is asked before and after."""

    def __init__(self, installation):
        self.installation, self.api = installation, Api(installation)
        self.iam, self.sts = installation.client("iam"), installation.client("sts")
        self.caller = user(installation, self.iam, "mutated", EVERYTHING)
        self.nobody = user(installation, self.iam, "mutated-nobody")
        self.iam.create_group(GroupName="mutated")
        self.iam.add_user_to_group(GroupName="mutated", UserName="mutated-nobody")

    def outcomes(self, *more):
        """What requests are answered now: unsigned, signed by somebody who may, and by somebody who may not."""
        anybody = self.installation.invoke(self.api.id, "/prod/open").status
        return [anybody, *(self.api.call(who).status for who in (self.caller, self.nobody, *more))]

    def changes(self, do, undo):
        before = self.outcomes()
        do()
        after = self.outcomes()
        undo()
        assert before != after, f"nothing changed: {before}"
        assert self.outcomes() == before, "undone, it is as it was"

    def refused(self, call, **arguments):
        with pytest.raises(botocore.exceptions.ClientError):
            call(**arguments)

    def patched(self, path, value, other):
        def patch(text):
            operation = {"op": "replace", "path": path, "value": text}
            self.api.client.update_rest_api(restApiId=self.api.id, patchOperations=[operation])
            self.api.deploy()

        self.changes(lambda: patch(value), lambda: patch(other))

    def new_api(self, **member):
        self.refused(self.api.client.create_rest_api, name="mutated", **member)

    def method(self, **member):
        """Sets a member of a method of its own; `AWS_IAM` closes it to the unsigned."""
        client, place = self.api.client, {"restApiId": self.api.id, "httpMethod": "PUT"}
        place["resourceId"] = next(item["id"] for item in client.get_resources(restApiId=self.api.id)["items"] if item["path"] == "/open")
        self.refused(client.put_method, **place, **{"authorizationType": "NONE", **member})

    def authorization(self):
        client = self.api.client
        resource = next(item["id"] for item in client.get_resources(restApiId=self.api.id)["items"] if item["path"] == "/open")

        def become(kind):
            operation = {"op": "replace", "path": "/authorizationType", "value": kind}
            client.update_method(restApiId=self.api.id, resourceId=resource, httpMethod="ANY", patchOperations=[operation])
            self.api.deploy()

        self.changes(lambda: become("AWS_IAM"), lambda: become("NONE"))

    def boundary(self):
        bound = self.iam.create_policy(PolicyName="mutated-bound", PolicyDocument=document({**EVERYTHING, "Action": "s3:*"}))
        arn = bound["Policy"]["Arn"]
        self.changes(
            lambda: self.iam.put_user_permissions_boundary(UserName="mutated", PermissionsBoundary=arn),
            lambda: self.iam.delete_user_permissions_boundary(UserName="mutated"),
        )
        self.iam.delete_policy(PolicyArn=arn)

    def inline(self, kind, name):
        put, delete = getattr(self.iam, f"put_{kind}_policy"), getattr(self.iam, f"delete_{kind}_policy")
        holder = {f"{kind.capitalize()}Name": name, "PolicyName": "mutation"}
        self.changes(lambda: put(**holder, PolicyDocument=document(EVERYTHING)), lambda: delete(**holder))

    def attached(self, kind, name):
        holder = {f"{kind.capitalize()}Name": name, "PolicyArn": "arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"}
        attach, detach = getattr(self.iam, f"attach_{kind}_policy"), getattr(self.iam, f"detach_{kind}_policy")
        self.changes(lambda: attach(**holder), lambda: detach(**holder))

    def version(self):
        deny = document({**EVERYTHING, "Effect": "Deny"})
        policy = self.iam.create_policy(PolicyName="mutated-version", PolicyDocument=document(EVERYTHING))["Policy"]["Arn"]
        self.iam.attach_user_policy(UserName="mutated", PolicyArn=policy)
        self.changes(
            lambda: self.iam.create_policy_version(PolicyArn=policy, PolicyDocument=deny, SetAsDefault=True),
            lambda: self.iam.set_default_policy_version(PolicyArn=policy, VersionId="v1"),
        )
        self.iam.detach_user_policy(UserName="mutated", PolicyArn=policy)

    def status(self):
        key = {"UserName": "mutated", "AccessKeyId": self.caller.key}
        update = self.iam.update_access_key
        self.changes(lambda: update(**key, Status="Inactive"), lambda: update(**key, Status="Active"))

    def session(self, **limits):
        """What a session of a role that may do everything is answered without and with a limit."""
        name = f"mutated-{len(json.dumps(limits))}"
        trust = document({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        self.iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document(EVERYTHING))
        assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
        self.iam.put_user_policy(UserName="mutated", PolicyName="assume", PolicyDocument=document(assume))
        signed = {"aws_access_key_id": self.caller.key, "aws_secret_access_key": self.caller.secret}
        sts = self.installation.client("sts", **signed)
        answers = [
            self.api.call(identity(self.installation, sts.assume_role(RoleArn=role, RoleSessionName="mutated", **given)["Credentials"])).status
            for given in ({}, limits)
        ]
        self.iam.delete_user_policy(UserName="mutated", PolicyName="assume")
        assert answers == [200, 403], answers

    def assumption(self, **member):
        """A role that anybody may assume is not assumed with what cannot be enforced."""
        trust = document({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
        name = f"mutated-with-{next(iter(member))}"
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
        self.iam.put_user_policy(UserName="mutated", PolicyName="assume", PolicyDocument=document(assume))
        signed = {"aws_access_key_id": self.caller.key, "aws_secret_access_key": self.caller.secret}
        sts = self.installation.client("sts", **signed)
        assert sts.assume_role(RoleArn=role, RoleSessionName="without")["Credentials"]
        self.refused(sts.assume_role, RoleArn=role, RoleSessionName="with", **member)
        self.iam.delete_user_policy(UserName="mutated", PolicyName="assume")

    def trust(self):
        nobody = document({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"})
        self.iam.create_role(RoleName="mutated-trust", AssumeRolePolicyDocument=nobody)
        role = self.iam.get_role(RoleName="mutated-trust")["Role"]["Arn"]
        self.refused(self.sts.assume_role, RoleArn=role, RoleSessionName="mutated")


S3_ONLY = document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
DENY = document(invoke("Deny", "*"))
READ_ONLY = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"

VERDICTS = {
    ("apigateway", "CreateRestApi"): {
        "policy": lambda world: world.patched("/policy", DENY, ""),
        "disableExecuteApiEndpoint": lambda world: world.patched("/disableExecuteApiEndpoint", "true", "false"),
        "endpointConfiguration": lambda world: world.new_api(endpointConfiguration={"types": ["PRIVATE"]}),
        "apiKeySource": lambda world: world.new_api(apiKeySource="AUTHORIZER"),
        "minimumCompressionSize": lambda world: world.new_api(minimumCompressionSize=0),
        "endpointAccessMode": lambda world: world.new_api(endpointAccessMode="STRICT"),
        "securityPolicy": lambda world: world.new_api(securityPolicy="SecurityPolicy_TLS13_1_3_2025_09"),
        "cloneFrom": ELSEWHERE,
        **dict.fromkeys(["name", "description", "version", "binaryMediaTypes", "tags"], LABEL),
    },
    ("apigateway", "PutMethod"): {
        "authorizationType": lambda world: world.authorization(),
        "authorizerId": lambda world: world.method(authorizerId="abc"),
        "apiKeyRequired": lambda world: world.method(apiKeyRequired=True),
        "requestValidatorId": lambda world: world.method(requestValidatorId="abc"),
        "authorizationScopes": lambda world: world.method(authorizationScopes=["read"]),
        **dict.fromkeys(["restApiId", "resourceId", "httpMethod"], NAMES),
        **dict.fromkeys(["operationName", "requestParameters", "requestModels"], LABEL),
    },
    ("iam", "CreateUser"): {
        "PermissionsBoundary": lambda world: world.boundary(),
        **dict.fromkeys(["Path", "UserName"], NAMES),
        "Tags": ELSEWHERE,
    },
    ("iam", "CreateRole"): {
        "AssumeRolePolicyDocument": lambda world: world.trust(),
        "PermissionsBoundary": ELSEWHERE,
        "MaxSessionDuration": ELSEWHERE,
        "MaxSigninSessionDuration": lambda world: world.refused(
            world.iam.create_role,
            RoleName="mutated-signin",
            AssumeRolePolicyDocument=document({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}),
            MaxSigninSessionDuration=3600,
        ),
        **dict.fromkeys(["Path", "RoleName"], NAMES),
        "Description": LABEL,
        "Tags": ELSEWHERE,
    },
    ("iam", "PutUserPolicy"): {
        "PolicyDocument": lambda world: world.inline("user", "mutated-nobody"),
        **dict.fromkeys(["UserName", "PolicyName"], NAMES),
    },
    ("iam", "PutGroupPolicy"): {
        "PolicyDocument": lambda world: world.inline("group", "mutated"),
        **dict.fromkeys(["GroupName", "PolicyName"], NAMES),
    },
    ("iam", "AttachUserPolicy"): {"PolicyArn": lambda world: world.attached("user", "mutated-nobody"), "UserName": NAMES},
    ("iam", "AttachGroupPolicy"): {"PolicyArn": lambda world: world.attached("group", "mutated"), "GroupName": NAMES},
    ("iam", "CreatePolicyVersion"): {
        "PolicyDocument": lambda world: world.version(),
        "SetAsDefault": ELSEWHERE,
        "PolicyArn": NAMES,
    },
    ("iam", "UpdateAccessKey"): {"Status": lambda world: world.status(), **dict.fromkeys(["UserName", "AccessKeyId"], NAMES)},
    ("sts", "AssumeRole"): {
        "Policy": lambda world: world.session(Policy=S3_ONLY),
        "PolicyArns": lambda world: world.session(PolicyArns=[{"arn": READ_ONLY}]),
        "SerialNumber": lambda world: world.assumption(SerialNumber="arn:aws:iam::000000000000:mfa/x", TokenCode="123456"),
        "ProvidedContexts": lambda world: world.assumption(
            ProvidedContexts=[{"ProviderArn": "arn:aws:iam::aws:contextProvider/x", "ContextAssertion": "xxxx"}]
        ),
        **dict.fromkeys(["RoleArn", "RoleSessionName"], NAMES),
        "MinimumSessionTokenSize": LABEL,
        **dict.fromkeys(["DurationSeconds", "Tags", "TransitiveTagKeys", "ExternalId", "SourceIdentity", "TokenCode"], ELSEWHERE),
    },
}
ROWS = [(service, call, member) for (service, call), members in VERDICTS.items() for member, verdict in members.items() if callable(verdict)]


@pytest.fixture(scope="module")
def world(installation):
    return World(installation)


@pytest.mark.parametrize("service, call", VERDICTS)
def test_every_member_has_a_verdict(service, call):
    known = set(models.service(service).operation_model(call).input_shape.members)
    assert set(VERDICTS[service, call]) == known


@pytest.mark.parametrize("service, call, member", ROWS)
def test_what_protects_changes_an_outcome_or_is_refused(world, service, call, member):
    VERDICTS[service, call][member](world)
