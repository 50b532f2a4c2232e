"""Bodies that say something else to rules than to back ends: packed, or in encodings of their own."""

import base64
import gzip
import zlib

import pytest

from clients.boto3.test_wafv2 import acl, arn, rule
from clients.signing.test_signed_apis import Api

TEXT = "q=<script>alert(1)</script>"
PACKED = gzip.compress(TEXT.encode())


def search(oversize):
    """What blocks scripts in bodies."""
    return {"ByteMatchStatement": {
        "SearchString": b"<script", "FieldToMatch": {"Body": {"OversizeHandling": oversize}},
        "TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}], "PositionalConstraint": "CONTAINS",
    }}


def utf7(text):
    return b"+" + base64.b64encode(text.encode("utf-16-be")).rstrip(b"=") + b"-"


@pytest.mark.parametrize("oversize", ["CONTINUE", "MATCH"])
def test_a_body_is_inspected_as_its_back_end_reads_it(installation, oversize):
    api, waf = Api(installation), installation.client("wafv2")
    name = f"bodies-{oversize.lower()}"
    made = acl(waf, name, Rules=[rule("scripts", 0, search(oversize))])
    waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=arn(installation, api.id))

    def is_blocked(body, **headers):
        headers = {"Content-Type": "text/plain"} | {name.replace("_", "-"): value for name, value in headers.items()}
        return installation.invoke(api.id, "/prod/open", "POST", body=body, headers=headers).status == 403

    assert is_blocked(TEXT.encode()) and not is_blocked(b"harmless")
    assert not is_blocked(gzip.compress(b"harmless"), Content_Encoding="gzip")
    assert is_blocked(PACKED, Content_Encoding="gzip")
    assert is_blocked(gzip.compress(PACKED), Content_Encoding="gzip, gzip")
    assert is_blocked(zlib.compress(TEXT.encode()), Content_Encoding="deflate")
    assert is_blocked(TEXT.encode("utf-16"), Content_Type="application/json")
    assert is_blocked(TEXT.encode("utf-16-le"), Content_Type="text/plain; charset=utf-16le")
    assert is_blocked(TEXT.encode("utf-32-be"))
    assert is_blocked(utf7(TEXT), Content_Type="text/html; charset=utf-7")
    # A back end may take no notice of a mark, or of what a header says.
    assert is_blocked(b"a\0" + TEXT.encode()) and is_blocked(b"\xff\xfe" + TEXT.encode())
    assert is_blocked(TEXT.encode(), Content_Type="text/plain; charset=utf-16")
    # What nobody here can read is a body that is too long to be read.
    is_too_long = oversize == "MATCH"
    assert is_blocked(b"harmless", Content_Encoding="br") == is_too_long
    assert is_blocked("harmless".encode("cp037"), Content_Type="text/plain; charset=ibm037") == is_too_long
    assert is_blocked(b"harmless", Content_Encoding="gzip") == is_too_long
    assert is_blocked(TEXT.encode(), Content_Encoding="gzip")
