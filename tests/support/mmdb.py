"""Small databases of addresses in MaxMind's format. https://maxmind.github.io/MaxMind-DB/"""

import ipaddress


def head(kind, size):
    """Three bits of type and five of size; types from 8 on stand in a byte of their own."""
    assert size < 29, "no test needs more"
    return bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])


def value(what):
    if isinstance(what, dict):
        return head(7, len(what)) + b"".join(value(name) + value(member) for name, member in what.items())
    if isinstance(what, list):
        return head(11, len(what)) + b"".join(map(value, what))
    if isinstance(what, str):
        return head(2, len(what)) + what.encode()
    kind, size = (5, 2) if what < 1 << 16 else (6, 4)
    return head(kind, size) + what.to_bytes(size, "big")


def number(what):
    return what.to_bytes(4, "big")


def database(kind, networks):
    """A database with a record for each network (in CIDR notation, none within another)."""
    tree, data = [[None, None]], b""
    for network, record in networks.items():
        network = ipaddress.ip_network(network)
        before = 128 - network.max_prefixlen
        bits, length, at = int(network.network_address), before + network.prefixlen, 0
        for depth in range(length - 1):
            side = bits >> (127 - depth) & 1
            if tree[at][side] is None:
                tree.append([None, None])
                tree[at][side] = len(tree) - 1
            at = tree[at][side]
        tree[at][bits >> (128 - length) & 1] = ("record", len(data))
        data += value(record)

    def branch(leads):
        if leads is None:
            return number(len(tree))
        return number(len(tree) + 16 + leads[1]) if isinstance(leads, tuple) else number(leads)

    about = head(7, 9)
    for name, what in [
        ("node_count", head(6, 4) + number(len(tree))),
        ("record_size", value(32)),
        ("ip_version", value(6)),
        ("database_type", value(kind)),
        ("languages", value([])),
        ("binary_format_major_version", value(2)),
        ("binary_format_minor_version", value(0)),
        ("build_epoch", head(9, 8) + bytes(4) + number(1_767_225_600)),
        ("description", value({"en": "made by a test"})),
    ]:
        about += value(name) + what
    nodes = b"".join(branch(left) + branch(right) for left, right in tree)
    return nodes + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + about


def countries(**networks):
    """By country: `countries(DE="192.0.2.0/24")`."""
    return database("Test-Country", {network: {"country": {"iso_code": code}} for code, network in networks.items()})


def owners(networks):
    """By network: `owners({"192.0.2.0/24": 64496})`."""
    record = "autonomous_system_number"
    return database("Test-ASN", {network: {record: owner} for network, owner in networks.items()})
