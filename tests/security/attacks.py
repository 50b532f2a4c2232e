"""The ways in which a call can lack authority, and what AWS answers to each, by protocol.

https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
"""

import datetime
from urllib.parse import urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.credentials import Credentials

STALE = datetime.timedelta(minutes=6)


def unsigned(request, installation, service):
    """No signature at all."""


def wrong_secret(request, installation, service):
    """A signature with another secret."""
    sign(request, installation, service, secret="x" * 40)


def changed_body(request, installation, service):
    """A signature of another body."""
    body, request.data = request.data, b'{"another": "body"}'
    sign(request, installation, service)
    request.data = body or b" "


def expired(request, installation, service):
    """A signature of six minutes ago."""
    sign(request, installation, service, age=STALE)


def early(request, installation, service):
    """A signature of six minutes from now."""
    sign(request, installation, service, age=-STALE)


def other_service(request, installation, service):
    """A signature for a service that is not served here."""
    sign(request, installation, "sqs")


def unknown_key(request, installation, service):
    """A key that does not exist."""
    sign(request, installation, service, key="AKIAIOSFODNN7EXAMPLE")


def unknown_token(request, installation, service):
    """A session token that nobody issued."""
    sign(request, installation, service, token="bm9ib2R5IGlzc3VlZCB0aGlz")


def garbage(request, installation, service):
    """An Authorization header that is no signature."""
    request.headers["Authorization"] = "Bearer abc"


def empty_signature(request, installation, service):
    """A signature without its value."""
    sign(request, installation, service)
    header = request.headers["Authorization"]
    del request.headers["Authorization"]
    request.headers["Authorization"] = header.rpartition("Signature=")[0] + "Signature="


# One address serves every service, and the scope names the one that is asked.
ELSEWHERE = "UnknownOperation"
MISSING = "MissingAuthenticationToken"
INVALID = "InvalidSignature"
UNKNOWN = "UnrecognizedClient"
INCOMPLETE = "IncompleteSignature"

ATTACKS = {
    unsigned: {MISSING},
    wrong_secret: {INVALID},
    changed_body: {INVALID},
    expired: {INVALID},
    early: {INVALID},
    other_service: {INVALID, ELSEWHERE},
    unknown_key: {UNKNOWN},
    unknown_token: {UNKNOWN},
    garbage: {INCOMPLETE},
    empty_signature: {INCOMPLETE, INVALID},
}

# The query protocol has names of its own for two of them.
QUERY = {INVALID: "SignatureDoesNotMatch", UNKNOWN: "InvalidClientTokenId"}
# JSON 1.x services answer 400 to what the others answer 403 to, and the query protocol to what is no signature at all.
STATUS = {"rest-json": 403, "json": 400, "query": 403}
QUERY_STATUS = {garbage: 400, empty_signature: 400}


def expected(attack, protocol):
    """The codes and the status of AWS's answer; a service that is not served has no protocol, and answers in JSON."""
    kinds = ATTACKS[attack]
    codes = {QUERY.get(kind, kind) if protocol == "query" else kind + "Exception" for kind in kinds}
    if ELSEWHERE in kinds:
        return codes | {ELSEWHERE + "Exception"}, 404
    return codes, QUERY_STATUS.get(attack, STATUS[protocol]) if protocol == "query" else STATUS[protocol]


def sign(request, installation, service, key=None, secret=None, token=None, age=datetime.timedelta()):
    """Signs as botocore does, but for what the attack changes."""
    credentials = Credentials(key or installation.key[0], secret or installation.key[1], token)
    signer = Aged(credentials, service, installation.region)
    signer.age = age
    signer.add_auth(request)


class Aged(SigV4Auth):
    """A signer whose clock is wrong by `age`."""

    def _modify_request_before_signing(self, request):
        then = datetime.datetime.now(datetime.timezone.utc) - self.age
        request.context["timestamp"] = then.strftime("%Y%m%dT%H%M%SZ")
        super()._modify_request_before_signing(request)


def prepare(installation, serialized):
    """A request as botocore would send it, before it is signed."""
    prepare_request_dict(serialized, installation.admin, context={})
    request = create_request_object(serialized)
    request.data = body_of(request.data)
    return request


def body_of(data):
    if isinstance(data, dict):
        return urlencode(data).encode()
    return data.encode() if isinstance(data, str) else data or b""
