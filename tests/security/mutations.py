"""An API and people who may call it or not, whose properties are changed to see what requests are answered then."""

import itertools

import botocore.exceptions
import pytest

from clients.boto3.test_metering import Api as MeteredApi
from clients.signing.test_signed_apis import EVERYTHING, Api, document, identity, user

ASSUME = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
TRUSTING = document({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ASSUME})
# An authorizer that asks no function: it believes the tokens of an issuer that nobody asks here.
NATIVE = "jwt://issuer.example/?audience=pets"
S3_ONLY = document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})


class World:
    """An API, a user who may call it, and what is asked before and after."""

    def __init__(self, installation):
        self.installation, self.api, self.count = installation, Api(installation), itertools.count()
        self.iam, self.sts = installation.client("iam"), installation.client("sts")
        self.caller = user(installation, self.iam, "mutated", EVERYTHING)
        self.nobody = user(installation, self.iam, "mutated-nobody")
        self.iam.create_group(GroupName="mutated")
        self.iam.add_user_to_group(GroupName="mutated", UserName="mutated-nobody")
        # A role without any policy, and a session of it.
        role = self.iam.create_role(RoleName="mutated-role", AssumeRolePolicyDocument=TRUSTING)["Role"]["Arn"]
        self.session_of_role = self.assumed(role)

    def outcomes(self):
        """What requests are answered now: unsigned, signed by somebody who may, by somebody who may not, and by a session."""
        anybody = self.installation.invoke(self.api.id, "/prod/open").status
        return [anybody, *(self.api.call(who).status for who in (self.caller, self.nobody, self.session_of_role))]

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

    def metered(self):
        """An API whose method asks for a key, with a plan and a key of it."""
        return Metered(self)

    def authorization(self):
        client = self.api.client
        resource = next(item["id"] for item in client.get_resources(restApiId=self.api.id)["items"] if item["path"] == "/open")

        def become(kind):
            operation = {"op": "replace", "path": "/authorizationType", "value": kind}
            client.update_method(restApiId=self.api.id, resourceId=resource, httpMethod="ANY", patchOperations=[operation])
            self.api.deploy()

        self.changes(lambda: become("AWS_IAM"), lambda: become("NONE"))

    def new_authorizer(self, **member):
        """An authorizer that is refused for this member."""
        sound = {"name": "mutated", "type": "TOKEN", "authorizerUri": NATIVE, "identitySource": "method.request.header.Authorization"}
        self.refused(self.api.client.create_authorizer, restApiId=self.api.id, **{**sound, **member})

    def authorizer(self):
        """An authorizer closes a method to whoever has no token of its issuer."""
        client, api = self.api.client, self.api.id
        resource = next(item["id"] for item in client.get_resources(restApiId=api)["items"] if item["path"] == "/open")
        source = "method.request.header.Authorization"
        made = client.create_authorizer(restApiId=api, name="judge", type="TOKEN", authorizerUri=NATIVE, identitySource=source)

        def become(kind, *more):
            patch = [{"op": "replace", "path": "/authorizationType", "value": kind}, *more]
            client.update_method(restApiId=api, resourceId=resource, httpMethod="ANY", patchOperations=patch)
            self.api.deploy()

        judge = {"op": "replace", "path": "/authorizerId", "value": made["id"]}
        self.changes(lambda: become("CUSTOM", judge), lambda: become("NONE"))
        client.delete_authorizer(restApiId=api, authorizerId=made["id"])

    def boundary(self, kind="user", name="mutated"):
        """A boundary closes what a policy of the user or role allows."""
        role = {"RoleName": name, "PolicyName": "mutation"}
        if kind == "role":
            self.iam.put_role_policy(**role, PolicyDocument=document(EVERYTHING))
        bound = self.iam.create_policy(PolicyName=f"{name}-bound", PolicyDocument=S3_ONLY)["Policy"]["Arn"]
        holder = {f"{kind.capitalize()}Name": name}
        put = getattr(self.iam, f"put_{kind}_permissions_boundary")
        delete = getattr(self.iam, f"delete_{kind}_permissions_boundary")
        self.changes(lambda: put(**holder, PermissionsBoundary=bound), lambda: delete(**holder))
        self.iam.delete_policy(PolicyArn=bound)
        if kind == "role":
            self.iam.delete_role_policy(**role)

    def member(self):
        """A group's policy is its members'."""
        place = {"GroupName": "mutated-members", "UserName": "mutated-nobody"}
        self.iam.create_group(GroupName="mutated-members")
        self.iam.put_group_policy(GroupName="mutated-members", PolicyName="all", PolicyDocument=document(EVERYTHING))
        self.changes(lambda: self.iam.add_user_to_group(**place), lambda: self.iam.remove_user_from_group(**place))

    def made_policy(self, name, **more):
        """A policy of the customer's own is as good as its text."""
        arn = self.iam.create_policy(PolicyName=name, PolicyDocument=document(EVERYTHING), **more)["Policy"]["Arn"]
        holder = {"UserName": "mutated-nobody", "PolicyArn": arn}
        attach, detach = self.iam.attach_user_policy, self.iam.detach_user_policy
        self.changes(lambda: attach(**holder), lambda: detach(**holder))

    def inline(self, kind, name):
        put, delete = getattr(self.iam, f"put_{kind}_policy"), getattr(self.iam, f"delete_{kind}_policy")
        holder = {f"{kind.capitalize()}Name": name, "PolicyName": "mutation"}
        self.changes(lambda: put(**holder, PolicyDocument=document(EVERYTHING)), lambda: delete(**holder))

    def attached(self, kind, name):
        holder = {f"{kind.capitalize()}Name": name, "PolicyArn": "arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"}
        attach, detach = getattr(self.iam, f"attach_{kind}_policy"), getattr(self.iam, f"detach_{kind}_policy")
        self.changes(lambda: attach(**holder), lambda: detach(**holder))

    def version(self):
        """A version that denies, from the moment it is the default one."""
        deny = document({**EVERYTHING, "Effect": "Deny"})
        name = f"mutated-version-{next(self.count)}"
        policy = self.iam.create_policy(PolicyName=name, PolicyDocument=document(EVERYTHING))["Policy"]["Arn"]
        self.iam.attach_user_policy(UserName="mutated", PolicyArn=policy)
        default = self.iam.set_default_policy_version
        self.changes(
            lambda: self.iam.create_policy_version(PolicyArn=policy, PolicyDocument=deny, SetAsDefault=True),
            lambda: default(PolicyArn=policy, VersionId="v1"),
        )
        before = self.outcomes()
        self.iam.create_policy_version(PolicyArn=policy, PolicyDocument=deny)
        assert self.outcomes() == before, "it is not the default one"
        self.changes(
            lambda: default(PolicyArn=policy, VersionId="v3"), lambda: default(PolicyArn=policy, VersionId="v1")
        )
        self.iam.detach_user_policy(UserName="mutated", PolicyArn=policy)

    def status(self):
        key = {"UserName": "mutated", "AccessKeyId": self.caller.key}
        update = self.iam.update_access_key
        self.changes(lambda: update(**key, Status="Inactive"), lambda: update(**key, Status="Active"))

    def sts_of_caller(self):
        signed = {"aws_access_key_id": self.caller.key, "aws_secret_access_key": self.caller.secret}
        return self.installation.client("sts", **signed)

    def assumed(self, role, **given):
        """The caller's session of a role; it is allowed to assume that role and no other."""
        assume = {"Effect": "Allow", "Action": ASSUME, "Resource": role}
        self.iam.put_user_policy(UserName="mutated", PolicyName="assume", PolicyDocument=document(assume))
        answer = self.sts_of_caller().assume_role(RoleArn=role, **{"RoleSessionName": "mutated", **given})
        return identity(self.installation, answer["Credentials"])

    def role(self, trust=TRUSTING, policy=EVERYTHING, **more):
        """A new role; one that may do everything, unless said otherwise."""
        name = f"mutated-{next(self.count)}"
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **more)["Role"]["Arn"]
        self.iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document(policy))
        return name, role

    def session(self, **limits):
        """What a session of a role that may do everything is answered without and with a limit."""
        _, role = self.role()
        answers = [self.api.call(self.assumed(role, **given)).status for given in ({}, limits)]
        assert answers == [200, 403], answers

    def when(self, condition, **given):
        """What a session is answered without and with a member that the role's policy asks for."""
        _, role = self.role(policy={**EVERYTHING, "Condition": condition})
        answers = [self.api.call(self.assumed(role, **more)).status for more in ({}, given)]
        assert answers == [403, 200], answers

    def trusted_when(self, condition, **given):
        """A trust policy that asks for a member of the call lets nobody in without it."""
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": condition}
        _, role = self.role(document(trust))
        self.refused(self.assumed, role=role)
        assert self.api.call(self.assumed(role, **given)).status == 200

    def assumption(self, **member):
        """A role that anybody may assume is not assumed with what cannot be enforced."""
        _, role = self.role()
        assert self.assumed(role)
        self.refused(self.assumed, role=role, **member)

    def too_long(self, **member):
        """A session is as long as the role allows and no longer."""
        _, role = self.role(**member)
        self.refused(self.assumed, role=role, DurationSeconds=7201)
        assert self.assumed(role, DurationSeconds=7200) if member else self.assumed(role, DurationSeconds=3600)

    def longer(self):
        """A role's limit may be raised afterwards."""
        name, role = self.role()
        self.refused(self.assumed, role=role, DurationSeconds=7200)
        self.iam.update_role(RoleName=name, MaxSessionDuration=7200)
        assert self.assumed(role, DurationSeconds=7200)

    def born(self, kind, expected, policy=EVERYTHING, **member):
        """What a user or role is answered that was made without and with a member."""
        answers = []
        for given in ({}, member):
            if kind == "role":
                who = self.assumed(self.role(policy=policy, **given)[1])
            else:
                name = f"mutated-{next(self.count)}"
                self.iam.create_user(UserName=name, **given)
                self.iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=document(policy))
                who = identity(self.installation, self.iam.create_access_key(UserName=name)["AccessKey"])
            answers.append(self.api.call(who).status)
        assert answers == expected, answers

    def born_bounded(self, kind):
        bound = self.iam.create_policy(PolicyName=f"mutated-born-{kind}", PolicyDocument=S3_ONLY)["Policy"]["Arn"]
        self.born(kind, [200, 403], PermissionsBoundary=bound)

    def born_tagged(self, kind):
        tagged = {**EVERYTHING, "Condition": {"StringEquals": {"aws:PrincipalTag/mutated": "yes"}}}
        self.born(kind, [403, 200], tagged, Tags=[{"Key": "mutated", "Value": "yes"}])

    def provider(self, **member):
        """A provider that asks for what cannot be enforced is not registered."""
        self.refused(self.iam.create_open_id_connect_provider, Url="https://issuer.example", **member)

    def trust(self):
        """Whom a role does not trust does not become it, whatever its own policies say; and the other way round."""
        nobody = document({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"})
        name, role = self.role(nobody)
        update = self.iam.update_assume_role_policy
        self.refused(self.assumed, role=role)
        update(RoleName=name, PolicyDocument=TRUSTING)
        assert self.api.call(self.assumed(role)).status == 200
        update(RoleName=name, PolicyDocument=nobody)
        self.refused(self.assumed, role=role)

    def tag(self, tag, untag, who):
        """A tag that a policy of the user or role asks for."""
        wanted = document({**EVERYTHING, "Condition": {"StringEquals": {"aws:PrincipalTag/mutated": "yes"}}})
        if who == "UserName":
            place, put, delete = {"UserName": "mutated-nobody"}, self.iam.put_user_policy, self.iam.delete_user_policy
        else:
            place, put, delete = {"RoleName": "mutated-role"}, self.iam.put_role_policy, self.iam.delete_role_policy
        put(**place, PolicyName="tagged", PolicyDocument=wanted)
        self.changes(
            lambda: tag(**place, Tags=[{"Key": "mutated", "Value": "yes"}]), lambda: untag(**place, TagKeys=["mutated"])
        )
        delete(**place, PolicyName="tagged")


class Metered:
    """An API that asks for an API key, and what a caller with the key is answered."""

    def __init__(self, world):
        self.api, self.client = MeteredApi(world.installation), world.api.client
        self.plan, self.key, self.value_sent = self.api.plan()
        self.stage = f"{self.api.id}:prod"

    def changes(self, do, undo, key=None, refused=403):
        key = key or self.value_sent
        assert self.api.call(key).status == 200
        do()
        assert self.api.call(key).status == refused
        undo()
        assert self.api.call(key).status == 200

    def patched(self, call, path, values, refused=403, deploy=False, **place):
        def become(text):
            call(**place, patchOperations=[{"op": "replace", "path": path, "value": text}])
            if deploy:
                self.api.deploy()

        self.changes(lambda: become(values[0]), lambda: become(values[1]), refused=refused)

    def enabled(self):
        self.patched(self.client.update_api_key, "/enabled", ("false", "true"), apiKey=self.key)

    def source(self):
        update = self.client.update_rest_api
        self.patched(update, "/apiKeySource", ("AUTHORIZER", "HEADER"), deploy=True, restApiId=self.api.id)

    def required(self):
        """Without the property nobody needs a key."""
        def become(text):
            operation = {"op": "replace", "path": "/apiKeyRequired", "value": text}
            self.client.update_method(**self.api.place, patchOperations=[operation])
            self.api.deploy()

        assert self.api.call().status == 403
        become("false")
        assert self.api.call().status == 200
        become("true")
        assert self.api.call().status == 403

    def value(self):
        """Another value is another key, and the same one is nobody else's."""
        assert self.api.call(self.value_sent[:-1] + "-").status == 403
        with pytest.raises(botocore.exceptions.ClientError):
            self.client.create_api_key(value=self.value_sent)

    def stages(self):
        def change(op):
            operation = {"op": op, "path": "/apiStages", "value": self.stage}
            self.client.update_usage_plan(usagePlanId=self.plan, patchOperations=[operation])

        self.changes(lambda: change("remove"), lambda: change("add"))

    def throttle(self):
        def become(**operation):
            self.client.update_usage_plan(usagePlanId=self.plan, patchOperations=[operation])

        nothing = {"op": "add", "path": "/throttle/rateLimit", "value": "0"}
        self.changes(lambda: become(**nothing), lambda: become(op="remove", path="/throttle"), refused=429)

    def quota(self):
        _, _, value = self.api.plan(quota={"limit": 1, "period": "MONTH"})
        assert [self.api.call(value).status for _ in range(2)] == [200, 429]

    def joined(self):
        place = {"usagePlanId": self.plan, "keyId": self.key}
        leave, join = self.client.delete_usage_plan_key, self.client.create_usage_plan_key
        self.changes(lambda: leave(**place), lambda: join(**place, keyType="API_KEY"))
