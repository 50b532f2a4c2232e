"""The example authorizer against the example issuer: true tokens pass, forged ones are answered `Unauthorized`."""

import base64
import hashlib
import hmac
import json
import pathlib
import sys
import threading
import time

import jwt
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import authorizer  # noqa: E402
import issuer as example  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402

ARN = "arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/prod/GET/pets/7"


@pytest.fixture(scope="module")
def issuer():
    made = example.Issuer()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def keys(issuer):
    return authorizer.Keys(issuer.url)


def ask(token, keys, scope=None):
    event = {"type": "TOKEN", "authorizationToken": token, "methodArn": ARN}
    return authorizer.authorize(event, keys, "pets", scope)


def effect(answer):
    return answer["policyDocument"]["Statement"][0]["Effect"]


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "bearer  {} "])
def test_a_true_token_may_call_the_whole_stage(issuer, keys, form):
    answer = ask(form.format(issuer.token(scope="read write")), keys, "read")
    assert answer["principalId"] == "alice" and effect(answer) == "Allow"
    resource = answer["policyDocument"]["Statement"][0]["Resource"]
    assert resource == "arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/prod/*"
    assert answer["context"] == {"issuer": issuer.url, "scope": "read write"}


def test_a_token_that_grants_too_little_is_denied(issuer, keys):
    assert effect(ask(issuer.token(scope="read"), keys, "write")) == "Deny"
    assert effect(ask(issuer.token(), keys, "write")) == "Deny"


def encoded(part):
    return base64.urlsafe_b64encode(part if isinstance(part, bytes) else json.dumps(part).encode()).rstrip(b"=").decode()


def hostile(issuer):
    now, good = int(time.time()), issuer.token()
    forger = rsa.generate_private_key(65537, 2048)
    claims = {"iss": issuer.url, "aud": "pets", "sub": "alice", "exp": now + 60}
    signed = f"{encoded({'alg': 'HS256', 'kid': 'one'})}.{encoded(claims)}"
    public = issuer.published()["n"].encode()
    yield "nothing", ""
    yield "no token", "Bearer"
    yield "no signature", f"{encoded({'alg': 'none', 'kid': 'one'})}.{encoded(claims)}."
    yield "the public key as a secret", f"{signed}.{encoded(hmac.digest(public, signed.encode(), hashlib.sha256))}"
    yield "another's key", jwt.encode(claims, forger, "RS256", {"kid": "one"})
    yield "a key of its own", jwt.encode(claims, forger, "RS256", {"kid": "one", "jku": "http://127.0.0.1:1/keys"})
    yield "another algorithm than the key's", jwt.encode(claims, issuer.key, "RS512", {"kid": "one"})
    yield "an unknown key", jwt.encode(claims, issuer.key, "RS256", {"kid": "x"})
    yield "no key", jwt.encode(claims, issuer.key, "RS256")
    yield "other claims", good.split(".")[0] + "." + encoded(claims | {"sub": "root"}) + "." + good.split(".")[2]
    yield "another issuer", issuer.token(iss="https://other.example")
    yield "another audience", issuer.token(audience="cats")
    yield "its end", issuer.token(seconds=-3600)
    yield "the future", issuer.token(nbf=now + 3600)
    yield "no end", jwt.encode({k: v for k, v in claims.items() if k != "exp"}, issuer.key, "RS256", {"kid": "one"})
    yield "a text for a time", issuer.token(exp="never")
    yield "a megabyte", "a" * 1_000_000


def test_a_hostile_token_is_unauthorized(issuer, keys):
    for what, token in hostile(issuer):
        with pytest.raises(Exception) as refused:
            ask(token, keys)
        assert str(refused.value) == "Unauthorized", what


def test_unknown_keys_do_not_flood_the_issuer(issuer):
    asked, now = [], [0.0]

    def get(url):
        asked.append(url)
        return authorizer.fetch(url)

    keys = authorizer.Keys(issuer.url, f"{issuer.url}/keys", get, lambda: now[0])
    ask(issuer.token(), keys)
    now[0] += authorizer.LOOK_EVERY_SECONDS
    for at in range(50):
        token = jwt.encode({"sub": "x"}, issuer.key, "RS256", {"kid": f"x{at}"})
        with pytest.raises(Exception, match="^Unauthorized$"):
            ask(token, keys)
    assert len(asked) == 2
    ask(issuer.token(), keys)


def test_an_issuer_that_is_away_is_no_reason_to_let_anybody_in(issuer):
    keys = authorizer.Keys(issuer.url, f"{issuer.url}/none")
    for _ in range(2):
        with pytest.raises(OSError):
            ask(issuer.token(), keys)


@pytest.mark.parametrize("url", ["http://example.com/keys", "file:///etc/passwd", "http://169.254.169.254/keys"])
def test_keys_come_over_tls_or_from_this_machine(url):
    with pytest.raises(OSError):
        authorizer.fetch(url)
