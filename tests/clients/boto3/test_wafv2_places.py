"""Rules about countries and networks, on a node that knows them and on one that does not."""

import subprocess

import pytest

from clients.boto3.test_wafv2 import VISIBILITY, acl, arn, named, rule
from clients.signing.test_signed_apis import Api
from support import binary, mmdb
from support.installation import Installation
from support.store import Sqlite

HERE, ELSEWHERE = {"CountryCodes": ["DE"]}, {"CountryCodes": ["FR"]}
OURS, THEIRS = {"AsnList": [64496]}, {"AsnList": [64497]}


@pytest.fixture
def node(tmp_path):
    countries, networks = tmp_path / "countries.mmdb", tmp_path / "networks.mmdb"
    countries.write_bytes(mmdb.countries(DE="127.0.0.0/8"))
    networks.write_bytes(mmdb.owners({"127.0.0.0/8": 64496}))
    options = ("--geo-database", str(countries), "--asn-database", str(networks))
    with Sqlite() as store, Installation(store, *options) as running:
        yield running


def test_rules_about_places_close_where_no_database_answers_them(node):
    api, waf, known = Api(node), node.client("wafv2"), node.options
    made = acl(waf, "places")
    waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=arn(node, api.id))
    settings = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBILITY}
    for statement, status in [
        ({"GeoMatchStatement": HERE}, 403), ({"GeoMatchStatement": ELSEWHERE}, 200),
        ({"NotStatement": {"Statement": {"GeoMatchStatement": HERE}}}, 200),
        ({"AsnMatchStatement": THEIRS}, 200), ({"AsnMatchStatement": OURS}, 403),
    ]:
        changed = waf.update_web_acl(**named(made), **settings, Rules=[rule("one", 0, statement)])
        made["LockToken"] = changed["NextLockToken"]
        assert node.invoke(api.id, "/prod/open").status == status, statement
    for options, status in [(known[:2], 500), (known[2:], 403), ((), 500), (known, 403)]:
        node.terminate()
        node.options = options
        node.start()
        assert node.invoke(api.id, "/prod/open").status == status, options
        if status == 500:
            assert "asn-database" in doctor(node)
            with pytest.raises(node.client("wafv2").exceptions.WAFInvalidParameterException, match="asn_database"):
                acl(node.client("wafv2"), "other", Rules=[rule("one", 0, {"AsnMatchStatement": OURS})])


def doctor(node):
    """What the command says, whatever it finds."""
    command = [binary.path(), "doctor", "--data-dir", str(node.home)]
    return subprocess.run(command, capture_output=True, text=True).stdout
