"""Lists and databases of addresses are files of the operator's: web ACLs judge by them as they are now, without a restart."""

import json
import os
import random
import subprocess
import time

import pytest

from clients.boto3.test_wafv2 import acl, arn, rule
from clients.signing.test_signed_apis import Api
from support import binary, mmdb
from support.installation import PATIENCE, Installation
from support.store import Sqlite

LISTS = ["reputation", "reconnaissance", "ddos"]
SETTINGS = 'geo-database = "geo.mmdb"\nasn-database = "asn.mmdb"\n[address-lists]\n' + "".join(
    f'{name} = "{name}.txt"\n' for name in LISTS
)
FORWARDED = {"HeaderName": "X-Forwarded-For", "FallbackBehavior": "NO_MATCH"}


class Files:
    """The operator's files."""

    def __init__(self, folder):
        self.folder = folder
        for name in LISTS:
            self.put(f"{name}.txt", "# nobody\n")
        self.put("geo.mmdb", mmdb.countries(DE="192.0.2.0/24", US="198.51.100.0/24", FR="2001:db8::/32"))
        self.put("asn.mmdb", mmdb.owners({"192.0.2.0/24": 64496, "203.0.113.0/24": 70000}))
        self.settings = self.put("portcullis.toml", SETTINGS)

    def put(self, name, content):
        """Puts a file into another one's place at once."""
        path, beside = self.folder / name, self.folder / f"{name}.new"
        beside.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.replace(beside, path)
        return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return Files(tmp_path_factory.mktemp("provided"))


@pytest.fixture(scope="module")
def node(files):
    # Paths in settings are relative to where the node runs.
    files.put("portcullis.toml", SETTINGS.replace('= "', f'= "{files.folder}/'))
    with Sqlite() as store, Installation(store, "--config", str(files.settings)) as running:
        yield running


def doctor(node):
    words = [binary.path(), "doctor", "--format", "json", "--data-dir", str(node.home)]
    checks = json.loads(subprocess.run(words, capture_output=True, text=True).stdout)["Checks"]
    return [check["What"] for check in checks if not check["Good"] and "out of date" in check["What"]]


def until(holds, what):
    """Waits for what comes by itself."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def behind(node, name, *rules):
    """An API behind a web ACL; answers how a request with such a header is answered."""
    api, waf = Api(node), node.client("wafv2")
    waf.associate_web_acl(WebACLArn=acl(waf, name, Rules=list(rules))["ARN"], ResourceArn=arn(node, api.id))
    return lambda address="": node.invoke(api.id, "/prod/open", headers={"X-Forwarded-For": address} if address else {}).status


def test_where_requests_come_from_is_read_from_the_databases(node):
    geo = {"GeoMatchStatement": {"CountryCodes": ["DE", "FR"], "ForwardedIPConfig": FORWARDED}}
    asn = {"AsnMatchStatement": {"AsnList": [70000], "ForwardedIPConfig": FORWARDED}}
    status = behind(node, "origins", rule("geo", 0, geo), rule("asn", 1, asn))
    for address, expected in [
        ("192.0.2.1", 403),
        ("[2001:db8::7]:443", 403),
        ("203.0.113.9", 403),
        ("198.51.100.1", 200),
        ("198.51.100.1, 192.0.2.1", 200),
        ("2001:db9::7", 200),
        ("nobody", 200),
        ("", 200),
    ]:
        assert status(address) == expected, address


def test_lists_and_databases_are_followed(node, files):
    reputation = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesAmazonIpReputationList"}}
    geo = {"GeoMatchStatement": {"CountryCodes": ["US"], "ForwardedIPConfig": FORWARDED}}
    status = behind(node, "follows", rule("reputation", 0, reputation, OverrideAction={"None": {}}), rule("geo", 1, geo))
    assert (status(), status("198.51.100.1"), doctor(node)) == (200, 403, [])

    files.put("reputation.txt", "192.0.2.9\n127.0.0.0/8 # this machine\n")
    until(lambda: status() == 403, "a changed list counts")
    rubbish = random.Random(1).randbytes(10_000_000)
    for bad in [b"127.0.0.0/8\nnobody\n", rubbish, b""]:
        files.put("reputation.txt", bad)
        until(lambda: doctor(node), "a list that cannot be used is told")
        assert "`reputation`" in doctor(node)[0]
        assert status() == 403, "what was read before goes on to count"
        files.put("reputation.txt", "127.0.0.0/8\n")
        until(lambda: not doctor(node), "a list that is mended is told no more")
    files.put("reputation.txt", "# nobody any more\n")
    until(lambda: status() == 200, "a list that names nobody counts")

    whole = mmdb.countries(US="192.0.2.0/24", DE="198.51.100.0/24")
    damaged, another = "it is no whole MaxMind database", "it has a country for no address"
    for bad, why in [(whole[: len(whole) // 2], damaged), (mmdb.owners({"192.0.2.0/24": 1}), another), (rubbish, damaged)]:
        files.put("geo.mmdb", bad)
        until(lambda: any("the geo database" in told and why in told for told in doctor(node)), why)
        assert (status("198.51.100.1"), status("192.0.2.1")) == (403, 200)
        (files.folder / "geo.mmdb").unlink()
    files.put("geo.mmdb", whole)
    until(lambda: status("198.51.100.1") == 200, "a changed database counts")
    assert (status("192.0.2.1"), doctor(node)) == (403, [])
    assert "the address list `reputation`" in node.log() and "changed and cannot be used" in node.log()


def test_a_node_does_not_start_with_a_file_that_it_cannot_use(files, tmp_path):
    good = {path.name: path.read_bytes() for path in files.folder.iterdir()}
    other = Files(tmp_path)
    for name, content, why in [
        ("ddos.txt", b"192.0.2.300\n", "line 1 is no address and no range: `192.0.2.300`"),
        ("geo.mmdb", good["geo.mmdb"][:-40], "it is no whole MaxMind database"),
        ("geo.mmdb", good["asn.mmdb"], "it has a country for no address at all"),
        ("asn.mmdb", None, "it cannot be read"),
    ]:
        for each in [*LISTS, "geo", "asn"]:
            each = f"{each}.mmdb" if each in ["geo", "asn"] else f"{each}.txt"
            other.put(each, good[each])
        (tmp_path / name).unlink() if content is None else other.put(name, content)
        words = [binary.path(), "serve", "--config", str(other.settings), "--data-dir", str(tmp_path / "data")]
        words += ["--admin", "127.0.0.1:0", "--gateway", "127.0.0.1:0"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path)
        assert done.returncode != 0 and why in done.stderr and name in done.stderr, done.stderr
