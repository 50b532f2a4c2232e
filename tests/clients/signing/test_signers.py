"""Every signer that the tests use is understood by the node, and no signer's request can be changed on the way."""

import dataclasses

import pytest

from clients import signers
from clients.signers import Call, Identity

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ACTION = b"Action=GetCallerIdentity&Version=2011-06-15"
TARGET = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "CloudTrail_20131101.LookupEvents"}
NAMES = sorted(name for name in signers.SIGNERS if signers.usable(name))


@dataclasses.dataclass(frozen=True)
class Question:
    """A call that every identity may make, the service it is signed for, and how its protocol answers refusals."""

    call: Call
    service: str
    status: int
    mismatch: str
    unknown: str


def question(installation, name, body=True):
    """SigV4A's scope has no region where the node looks for the service, so that it is named in the target."""
    body = body and name not in signers.BODILESS
    if name in signers.MULTI_REGION:
        call = Call("POST", f"{installation.admin}/", TARGET, b"{}" if body else b"")
        return Question(call, "cloudtrail", 400, "InvalidSignatureException", "UnrecognizedClientException")
    if body:
        call = Call("POST", f"{installation.admin}/", FORM, ACTION)
    else:
        call = Call("GET", f"{installation.admin}/?{ACTION.decode()}")
    return Question(call, "sts", 403, "SignatureDoesNotMatch", "InvalidClientTokenId")


@pytest.fixture
def who(installation):
    key, secret = installation.key
    return Identity(key, secret, installation.region, region_set=f"{installation.region},xx-*")


def sign(name, asked, who, **changes):
    return signers.SIGNERS[name](asked.call, dataclasses.replace(who, service=asked.service, **changes))


def check(installation, call, status=200):
    answer = signers.send(installation, call)
    assert answer.status == status, (answer.status, answer.data)
    return answer.data.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_signed_call_is_understood(installation, who, name):
    for body in (True, False):
        check(installation, sign(name, question(installation, name, body), who))


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_call_is_refused(installation, who, name):
    asked = question(installation, name)
    signed = sign(name, asked, who)
    assert asked.mismatch in check(installation, signed.replace(body=signed.body + b" "), asked.status)
    separator = "&" if "?" in signed.url else "?"
    assert asked.mismatch in check(installation, signed.replace(url=f"{signed.url}{separator}a=b"), asked.status)


@pytest.mark.parametrize("name", NAMES)
def test_another_secret_is_refused(installation, who, name):
    asked = question(installation, name)
    assert asked.mismatch in check(installation, sign(name, asked, who, secret="x" * 40), asked.status)


@pytest.mark.parametrize("name", NAMES)
def test_another_region_is_refused(installation, who, name):
    asked = question(installation, name)
    signed = sign(name, asked, who, region="xx-nowhere-1", region_set="xx-*,yy-1")
    assert "Credential should be scoped to a valid region" in check(installation, signed, asked.status)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_token_is_refused(installation, who, name):
    asked = question(installation, name)
    assert asked.unknown in check(installation, sign(name, asked, who, token="no+token/of=ours"), asked.status)


@pytest.mark.parametrize("name", sorted(signers.MULTI_REGION & set(NAMES)))
def test_a_set_of_regions_may_hold_wildcards(installation, who, name):
    for regions in ("*", f"{who.region[:3]}*"):
        check(installation, sign(name, question(installation, name), who, region_set=regions))


def test_curl_signs_too(installation, who):
    asked = question(installation, "curl")
    who = dataclasses.replace(who, service=asked.service)
    status, body = signers.curl(installation, asked.call, who)
    assert status == 200 and b"GetCallerIdentityResult" in body, (status, body)
    status, body = signers.curl(installation, asked.call, dataclasses.replace(who, secret="x" * 40))
    assert status == 403 and b"SignatureDoesNotMatch" in body, (status, body)
