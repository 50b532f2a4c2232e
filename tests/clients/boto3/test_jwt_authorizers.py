"""A native JWT authorizer as boto3 sets it, before a real backend, with tokens of an issuer that is reached over TLS."""

import json
import subprocess
import time
import uuid

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import rsa

from support import binary
from support.installation import PATIENCE


class Guarded:
    """An API whose `GET /pets` wants a token of the issuer, made out to `app`, that grants `read`."""

    def __init__(self, apigateway, installation, upstream, uri):
        self.client, self.installation = apigateway, installation
        api = apigateway.create_rest_api(name=f"tokens-{uuid.uuid4().hex[:8]}")
        self.id, self.root = api["id"], api["rootResourceId"]
        self.authorizer = self.authorize(uri)["id"]
        pets = apigateway.create_resource(restApiId=self.id, parentId=self.root, pathPart="pets")["id"]
        place = {"restApiId": self.id, "resourceId": pets, "httpMethod": "GET"}
        apigateway.put_method(**place, authorizationType="CUSTOM", authorizerId=self.authorizer)
        apigateway.put_integration(
            **place,
            type="HTTP_PROXY",
            integrationHttpMethod="GET",
            uri=f"http://{upstream.address}/pets",
        )
        apigateway.create_deployment(restApiId=self.id, stageName="prod")

    def authorize(self, uri, **more):
        source = "method.request.header.Authorization"
        named = {"name": f"tokens-{uuid.uuid4().hex[:8]}", "type": "TOKEN", "identitySource": source}
        return self.client.create_authorizer(restApiId=self.id, authorizerUri=uri, **named | more)

    def call(self, token=None):
        headers = {"Authorization": token} if token else {}
        return self.installation.invoke(self.id, "/prod/pets", headers=headers)

    def explained(self, answer):
        """What the owner is told of a request. A record can be read within five seconds of it."""
        asked = ["explain", answer.headers["x-amzn-RequestId"], "--data-dir", str(self.installation.home)]
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return binary.run(*asked)
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline:
                    raise


@pytest.fixture
def guarded(apigateway, installation, upstream, issuer):
    made = Guarded(apigateway, installation, upstream, f"jwt://{issuer.name}?audience=app&scope=read&scope=write")
    yield made
    apigateway.delete_rest_api(restApiId=made.id)


def test_a_true_token_reaches_the_backend_and_nothing_else_does(guarded, issuer):
    true = issuer.token(scope="openid read")
    for token in [true, f"Bearer {true}", true]:
        answer = guarded.call(token)
        assert answer.status == 200 and json.loads(answer.data)["path"] == "/pets", answer.data
    forged = issuer.token(key=rsa.generate_private_key(65537, 2048), scope="read")
    for token in [
        None,
        "Bearer",
        "x.y.z",
        forged,
        true[:-8] + "AAAAAAAA",
        issuer.token(header={"alg": "none"}, scope="read"),
        issuer.token(header={"alg": "HS256"}, scope="read"),
        issuer.token(header={"alg": "RS512"}, scope="read"),
        issuer.token(header={"kid": "two"}, scope="read"),
        issuer.token(header={"crit": ["exp"]}, scope="read"),
        issuer.token(scope="read", aud="other"),
        issuer.token(scope="read", exp=1),
        issuer.token(scope="read", exp=2**63),
        issuer.token(scope="read", iss="https://elsewhere.example"),
        issuer.token(scope="read", padding="a" * 6000),
    ]:
        answer = guarded.call(token)
        assert (answer.status, json.loads(answer.data)) == (401, {"message": "Unauthorized"}), token
        assert answer.headers["x-amzn-ErrorType"] == "UnauthorizedException"
    answer = guarded.call(issuer.token(scope="admin"))
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (403, "AccessDeniedException")


def test_a_refusal_explains_itself_to_the_owner_alone(guarded, issuer):
    answer = guarded.call(issuer.token(scope="read", exp=1))
    assert b"expired" not in answer.data
    assert "expired" in guarded.explained(answer)
    assert "grants none of the scopes" in guarded.explained(guarded.call(issuer.token(scope="admin")))
    assert "`alice` is true" in guarded.explained(guarded.call(issuer.token(scope="read")))


def test_an_authorizer_that_could_let_anybody_in_cannot_be_made(guarded, issuer):
    for uri in [
        f"jwt://{issuer.name}",
        f"jwt://{issuer.name}?scope=read",
        f"jwt://{issuer.name}?audience=app&verify=none",
        f"jwt://{issuer.name}?audience=",
        f"jwt://user@{issuer.name}?audience=app",
        f"JWT://{issuer.name}?audience=app",
        "jwt+http://issuer.example?audience=app",
    ]:
        with pytest.raises(ClientError) as refused:
            guarded.authorize(uri)
        assert refused.value.response["Error"]["Code"] == "BadRequestException", uri
    patch = [{"op": "replace", "path": "/authorizerUri", "value": f"jwt://{issuer.name}"}]
    with pytest.raises(ClientError):
        guarded.client.update_authorizer(restApiId=guarded.id, authorizerId=guarded.authorizer, patchOperations=patch)


def test_an_issuer_that_is_away_lets_nobody_in(apigateway, installation, upstream, issuer):
    away = Guarded(apigateway, installation, upstream, f"jwt://{issuer.name}/nowhere?audience=app")
    answer = away.call(issuer.token(iss=f"{issuer.url}/nowhere"))
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (500, "AuthorizerConfigurationException")
    assert "404" in away.explained(answer)
    apigateway.delete_rest_api(restApiId=away.id)


def test_an_export_for_aws_names_what_aws_has_not(guarded):
    with pytest.raises(ClientError) as refused:
        guarded.client.get_export(restApiId=guarded.id, stageName="prod", exportType="oas30", parameters={"extensions": "authorizers"})
    assert "jwt://" in str(refused.value)
