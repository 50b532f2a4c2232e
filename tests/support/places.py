"""Databases of addresses in MaxMind's format (https://maxmind.github.io/MaxMind-DB/), in which every IPv4 address is one."""

U16, U32, U64 = 5, 6, 9
MARKER = b"\xab\xcd\xefMaxMind.com"


def database(path, found):
    """Writes a database that answers `found` for whatever address."""
    # One node, both of whose branches lead to the first thing behind the tree and its sixteen zero bytes.
    branch = (1 + 16).to_bytes(3, "big")
    about = {
        "binary_format_major_version": number(U16, 2), "binary_format_minor_version": number(U16, 0),
        "build_epoch": number(U64, 1), "database_type": "Tests", "description": {}, "ip_version": number(U16, 4),
        "languages": [], "node_count": number(U32, 1), "record_size": number(U16, 24),
    }
    path.write_bytes(branch + branch + bytes(16) + written(found) + MARKER + written(about))
    return str(path)


def written(value):
    """A value as such databases hold it."""
    if isinstance(value, dict):
        return head(7, len(value)) + b"".join(written(key) + written(one) for key, one in value.items())
    if isinstance(value, list):
        return head(11, len(value)) + b"".join(map(written, value))
    if isinstance(value, str):
        return head(2, len(value.encode())) + value.encode()
    return number(U32, value) if isinstance(value, int) else value


def number(kind, value):
    size = (value.bit_length() + 7) // 8
    return head(kind, size) + value.to_bytes(size, "big")


def head(kind, size):
    """What stands before a value of fewer than 29 bytes or members."""
    assert size < 29
    return bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])
