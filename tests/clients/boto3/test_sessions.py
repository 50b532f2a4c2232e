"""Temporary credentials as boto3 gets them: from roles, from web identities, and from its own credential providers."""

import contextlib
import json
import uuid

import boto3
import botocore.config
import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import rsa


def document(action, principal=None, condition=None, resource="*"):
    statement = {"Effect": "Allow", "Action": action}
    statement |= {"Principal": principal} if principal else {"Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]})


@contextlib.contextmanager
def role(iam, trust):
    """A role that may list APIs."""
    name = f"role-{uuid.uuid4().hex[:8]}"
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=document("apigateway:GET"))
    yield arn
    iam.delete_role_policy(RoleName=name, PolicyName="read")
    iam.delete_role(RoleName=name)


@contextlib.contextmanager
def user(iam):
    """A user with a key and no permissions."""
    name = f"user-{uuid.uuid4().hex[:8]}"
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    key = iam.create_access_key(UserName=name)["AccessKey"]
    yield arn, {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=name)


@pytest.fixture
def provider(installation, issuer):
    iam = installation.client("iam")
    made = iam.create_open_id_connect_provider(Url=issuer.url, ClientIDList=["app"], ThumbprintList=[issuer.thumbprint])
    yield made["OpenIDConnectProviderArn"]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=made["OpenIDConnectProviderArn"])


def temporary(answer):
    found = answer["Credentials"]
    return {
        "aws_access_key_id": found["AccessKeyId"],
        "aws_secret_access_key": found["SecretAccessKey"],
        "aws_session_token": found["SessionToken"],
    }


def code(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_a_role_is_assumed_and_ends_with_the_role(installation):
    iam = installation.client("iam")
    with user(iam) as (arn, key):
        with role(iam, document("sts:AssumeRole", {"AWS": arn})) as ops:
            sts = installation.client("sts", **key)
            answer = sts.assume_role(RoleArn=ops, RoleSessionName="monday", DurationSeconds=900)
            session = temporary(answer)
            assert installation.client("sts", **session).get_caller_identity()["Arn"] == answer["AssumedRoleUser"]["Arn"]
            gateway = installation.client("apigateway", **session)
            assert "items" in gateway.get_rest_apis() | {"items": []}
            assert code(gateway.create_rest_api, name="no") == "AccessDeniedException"
            assert code(installation.client("apigateway", **key).get_rest_apis) == "AccessDeniedException"
            other = ops.rsplit("/", 1)[0] + "/none"
            assert code(sts.assume_role, RoleArn=other, RoleSessionName="monday") == "AccessDenied"
        assert code(gateway.get_rest_apis) == "UnrecognizedClientException"


def test_boto3s_own_provider_assumes_a_role(installation, tmp_path, monkeypatch):
    iam = installation.client("iam")
    with user(iam) as (arn, key), role(iam, document("sts:AssumeRole", {"AWS": arn})) as ops:
        settings = tmp_path / "config"
        source = "\n".join(f"{name} = {value}" for name, value in key.items())
        settings.write_text(
            f"[profile alice]\n{source}\n[profile ops]\nrole_arn = {ops}\nsource_profile = alice\nrole_session_name = config\n"
        )
        monkeypatch.setenv("AWS_CONFIG_FILE", str(settings))
        monkeypatch.setenv("AWS_ENDPOINT_URL", installation.admin)
        session = boto3.Session(profile_name="ops", region_name=installation.region)
        assert session.client("sts").get_caller_identity()["Arn"].endswith("/config")


def test_a_web_identity_becomes_a_session(installation, issuer, provider, tmp_path, monkeypatch):
    iam = installation.client("iam")
    condition = {"StringEquals": {f"{issuer.name}:aud": "app", f"{issuer.name}:sub": "alice"}}
    trust = document("sts:AssumeRoleWithWebIdentity", {"Federated": provider}, condition)
    stranger = installation.client("sts", config=botocore.config.Config(signature_version=UNSIGNED))
    with role(iam, trust) as ops:
        ask = {"RoleArn": ops, "RoleSessionName": "web"}
        answer = stranger.assume_role_with_web_identity(WebIdentityToken=issuer.token(), **ask)
        assert (answer["Provider"], answer["Audience"]) == (provider, "app")
        assert answer["SubjectFromWebIdentityToken"] == "alice"
        installation.client("apigateway", **temporary(answer)).get_rest_apis()

        forged = issuer.token(key=rsa.generate_private_key(65537, 2048))
        for token, expected in [
            (issuer.token(sub="bob"), "AccessDenied"),
            (issuer.token(aud="other"), "InvalidIdentityToken"),
            (issuer.token(exp=1), "ExpiredTokenException"),
            (issuer.token(header={"alg": "none"}), "InvalidIdentityToken"),
            (issuer.token(header={"alg": "HS256"}), "InvalidIdentityToken"),
            (issuer.token(iss="https://elsewhere.example"), "InvalidIdentityToken"),
            (forged, "InvalidIdentityToken"),
        ]:
            assert code(stranger.assume_role_with_web_identity, WebIdentityToken=token, **ask) == expected, token

        # A server that no system root stands behind must be known by a thumbprint, where there are any.
        named = {"OpenIDConnectProviderArn": provider}
        iam.update_open_id_connect_provider_thumbprint(**named, ThumbprintList=["ab" * 20])
        arguments = {"WebIdentityToken": issuer.token(), **ask}
        assert code(stranger.assume_role_with_web_identity, **arguments) == "IDPCommunicationError"
        iam.update_open_id_connect_provider_thumbprint(**named, ThumbprintList=[issuer.thumbprint])

        # What pods and build servers do: a token in a file, and nothing else.
        file = tmp_path / "token"
        file.write_text(issuer.token())
        monkeypatch.setenv("AWS_ENDPOINT_URL", installation.admin)
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(file))
        monkeypatch.setenv("AWS_ROLE_ARN", ops)
        arn = boto3.Session(region_name=installation.region).client("sts").get_caller_identity()["Arn"]
        assert arn.startswith(ops.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/"))

        attribute = {"AttributeKey": "EventName", "AttributeValue": "AssumeRoleWithWebIdentity"}
        events = installation.client("cloudtrail").lookup_events(LookupAttributes=[attribute])["Events"]
        told = [json.loads(event["CloudTrailEvent"]) for event in events]
        known = [record for record in told if record["userIdentity"]["type"] == "WebIdentityUser"]
        assert known and all(record["userIdentity"]["identityProvider"] == provider for record in known)
        assert all("eyJ" not in json.dumps(record) for record in told), "no token is in a record"


def test_a_denial_is_decoded(installation):
    iam = installation.client("iam")
    with user(iam) as (arn, key):
        with pytest.raises(ClientError) as caught:
            installation.client("apigateway", **key).get_rest_apis()
        headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
        message = headers["x-portcullis-encoded-authorization-message"]
        decoded = installation.client("sts").decode_authorization_message(EncodedMessage=message)["DecodedMessage"]
        assert json.loads(decoded)["context"]["principal"]["arn"] == arn
