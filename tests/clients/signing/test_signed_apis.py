"""Who may call an API: every signer's request to a method of AWS_IAM, and what resource policies make of callers."""

import json

import pytest

from clients import signers
from clients.signers import Call, Identity

NAMES = sorted(name for name in signers.SIGNERS if signers.usable(name))
ASSUME = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def invoke(effect, principal, **more):
    return {"Effect": effect, "Principal": principal, "Action": "execute-api:Invoke", "Resource": "execute-api:/*", **more}


class Api:
    """A deployed API whose `/open` takes anybody and whose `/signed` and `/signed/{any+}` want a signature."""

    def __init__(self, installation):
        self.installation, self.client = installation, installation.client("apigateway")
        api = self.client.create_rest_api(name="signed")
        self.id, root = api["id"], api["rootResourceId"]
        for path, kind in [("open", "NONE"), ("signed", "AWS_IAM")]:
            resource = self.client.create_resource(restApiId=self.id, parentId=root, pathPart=path)["id"]
            self.method(resource, kind)
            if kind == "AWS_IAM":
                self.method(self.client.create_resource(restApiId=self.id, parentId=resource, pathPart="{any+}")["id"], kind)
        self.deploy()

    def method(self, resource, kind):
        place = {"restApiId": self.id, "resourceId": resource, "httpMethod": "ANY"}
        assert self.client.put_method(**place, authorizationType=kind)["authorizationType"] == kind
        self.client.put_method_response(**place, statusCode="200")
        self.client.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        self.client.put_integration_response(**place, statusCode="200", responseTemplates={"application/json": '{"ok": true}'})

    def deploy(self):
        self.client.create_deployment(restApiId=self.id, stageName="prod")

    def protect(self, *statements):
        operation = {"op": "replace", "path": "/policy", "value": document(*statements) if statements else ""}
        self.client.update_rest_api(restApiId=self.id, patchOperations=[operation])
        self.deploy()

    def url(self, path):
        return f"https://{self.installation.host(self.id)}:{self.installation.gateway.port}/prod/{path}"

    def call(self, who, path="signed", name="botocore_header", **more):
        return signers.send(self.installation, signers.SIGNERS[name](Call("GET", self.url(path), **more), who))


@pytest.fixture(scope="module")
def api(installation):
    return Api(installation)


@pytest.fixture
def iam(installation):
    return installation.client("iam")


def user(installation, iam, name, *statements):
    """A user with one inline policy, and the identity of its key."""
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="calls", PolicyDocument=document(*statements))
    return identity(installation, iam.create_access_key(UserName=name)["AccessKey"])


def identity(installation, key):
    return Identity(
        key["AccessKeyId"],
        key["SecretAccessKey"],
        installation.region,
        token=key.get("SessionToken"),
        region_set=f"{installation.region},xx-*",
    )


EVERYTHING = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}


@pytest.fixture(scope="module")
def caller(installation):
    return user(installation, installation.client("iam"), "signed-caller", EVERYTHING)


def denied(answer, reason):
    body = json.loads(answer.data)
    assert answer.status == 403, (answer.status, body)
    assert answer.headers["x-amzn-ErrorType"] == "AccessDeniedException"
    assert body["Message"].endswith(reason), body
    return body["Message"]


@pytest.mark.parametrize("name", NAMES)
def test_every_signer_may_call_and_nothing_may_be_changed(api, caller, name):
    signed = signers.SIGNERS[name](Call("GET", api.url("signed/a%20b?x=1&y=%2F")), caller)
    assert signers.send(api.installation, signed).status == 200
    other = signed.replace(url=signed.url.replace("a%20b", "a%20c"))
    answer = signers.send(api.installation, other)
    assert answer.status == 403 and answer.headers["x-amzn-ErrorType"] == "InvalidSignatureException"


def test_a_body_is_part_of_the_signature(api, caller):
    signed = signers.botocore_header(Call("POST", api.url("signed"), body=b'{"a": 1}'), caller)
    assert signers.send(api.installation, signed).status == 200
    assert signers.send(api.installation, signed.replace(body=b'{"a": 2}')).status == 403


def test_curl_signs(api, caller):
    status, _ = signers.curl(api.installation, Call("GET", api.url("signed")), caller)
    assert status == 200


def test_what_proves_nobody_is_told_so(api, caller):
    unsigned = signers.send(api.installation, Call("GET", api.url("signed")))
    assert json.loads(unsigned.data) == {"message": "Missing Authentication Token"}
    stranger = Identity("AKIAIOSFODNN7EXAMPLE", "x" * 40, caller.region)
    assert api.call(stranger).headers["x-amzn-ErrorType"] == "UnrecognizedClientException"
    elsewhere = Identity(caller.key, caller.secret, "xx-elsewhere-9")
    assert b"Credential should be scoped to a valid region" in api.call(elsewhere).data
    service = Identity(caller.key, caller.secret, caller.region, service="lambda")
    assert b"Credential should be scoped to correct service: 'execute-api'" in api.call(service).data


def test_permission_follows_policies_groups_boundaries_and_keys(api, installation, iam):
    who = user(installation, iam, "signed-nobody")
    message = denied(api.call(who), "because no identity-based policy allows the execute-api:Invoke action")
    assert "********" in message and installation.host(api.id).split(".")[0] in message
    iam.create_group(GroupName="signed-callers")
    iam.put_group_policy(GroupName="signed-callers", PolicyName="calls", PolicyDocument=document(EVERYTHING))
    iam.add_user_to_group(GroupName="signed-callers", UserName="signed-nobody")
    assert api.call(who).status == 200
    bound = iam.create_policy(PolicyName="signed-bound", PolicyDocument=document({**EVERYTHING, "Action": "s3:*"}))
    iam.put_user_permissions_boundary(UserName="signed-nobody", PermissionsBoundary=bound["Policy"]["Arn"])
    denied(api.call(who), "because no permissions boundary allows the execute-api:Invoke action")
    iam.delete_user_permissions_boundary(UserName="signed-nobody")
    iam.update_access_key(UserName="signed-nobody", AccessKeyId=who.key, Status="Inactive")
    assert api.call(who).headers["x-amzn-ErrorType"] == "UnrecognizedClientException"


def test_a_roles_session_is_limited_by_its_policy_and_ends_with_the_role(api, installation, iam, caller):
    iam.create_role(RoleName="signed-role", AssumeRolePolicyDocument=document(ASSUME))
    iam.put_role_policy(RoleName="signed-role", PolicyName="calls", PolicyDocument=document(EVERYTHING))
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    iam.put_user_policy(UserName="signed-caller", PolicyName="assume", PolicyDocument=document(assume))
    sts = installation.client("sts", aws_access_key_id=caller.key, aws_secret_access_key=caller.secret)
    arn = iam.get_role(RoleName="signed-role")["Role"]["Arn"]
    whole = identity(installation, sts.assume_role(RoleArn=arn, RoleSessionName="whole")["Credentials"])
    only = document({**EVERYTHING, "Resource": "arn:aws:execute-api:*:*:*/prod/GET/signed"})
    part = sts.assume_role(RoleArn=arn, RoleSessionName="part", Policy=only)["Credentials"]
    part = identity(installation, part)
    assert api.call(whole, "signed/deep").status == 200 and api.call(part).status == 200
    denied(api.call(part, "signed/deep"), "because no session policy allows the execute-api:Invoke action")
    iam.delete_role_policy(RoleName="signed-role", PolicyName="calls")
    iam.delete_role(RoleName="signed-role")
    assert api.call(whole).headers["x-amzn-ErrorType"] == "UnrecognizedClientException"


def test_a_resource_policy_decides_with_the_callers_policies_from_its_deployment_on(installation, iam, caller):
    api = Api(installation)
    nobody = user(installation, iam, "signed-named")
    arn = iam.get_user(UserName="signed-named")["User"]["Arn"]
    assert api.installation.invoke(api.id, "/prod/open").status == 200
    api.protect(invoke("Allow", {"AWS": arn}))
    assert api.call(nobody).status == 200, "named in the resource policy"
    assert api.call(caller).status == 200, "allowed by its own policy"
    anonymous = api.installation.invoke(api.id, "/prod/open")
    assert denied(anonymous, "because no resource-based policy allows the execute-api:Invoke action").startswith("User: anonymous")
    here = {"Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}}
    api.protect(invoke("Allow", "*"), invoke("Deny", "*", **here))
    for answer in [api.call(caller), api.installation.invoke(api.id, "/prod/open")]:
        denied(answer, "with an explicit deny in a resource-based policy")
    api.client.update_rest_api(restApiId=api.id, patchOperations=[{"op": "replace", "path": "/policy", "value": ""}])
    denied(api.call(caller), "with an explicit deny in a resource-based policy")
    assert "older than the API's" in api.client.get_rest_api(restApiId=api.id)["warnings"][0]
    api.deploy()
    assert api.call(caller).status == 200 and "warnings" not in api.client.get_rest_api(restApiId=api.id)


@pytest.mark.parametrize(
    "key, operator, value",
    [
        ("aws:SourceVpce", "StringNotEquals", "vpce-1"),
        ("aws:SourceVpc", "StringNotEquals", "vpc-1"),
        ("aws:VpcSourceIp", "NotIpAddress", "127.0.0.0/8"),
        ("aws:PrincipalOrgID", "StringNotEquals", "o-1"),
        ("aws:PrincipalOrgPaths", "ForAllValues:StringNotLike", "o-1/*"),
    ],
)
def test_whoever_comes_through_no_endpoint_and_no_organization_stays_out(installation, caller, key, operator, value):
    api = Api(installation)
    api.protect(invoke("Allow", "*"), invoke("Deny", "*", Condition={operator: {key: value}}))
    # Headers that claim so make no difference.
    claimed = {key.replace(":", "-"): value, "X-Amz-Vpce": value, "X-Forwarded-For": "10.0.0.1"}
    for answer in [api.call(caller), installation.invoke(api.id, "/prod/open", headers=claimed)]:
        denied(answer, "with an explicit deny in a resource-based policy")
    api.protect(invoke("Allow", "*", Condition={operator.replace("Not", "").replace("ForAllValues", "ForAnyValue"): {key: value}}))
    denied(installation.invoke(api.id, "/prod/open", headers=claimed), "because no resource-based policy allows the execute-api:Invoke action")
