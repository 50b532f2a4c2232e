"""What libinjection says of values: reads each from the input behind its length in four bytes (little-endian), and prints the
fingerprint of an SQL injection and whether a script could be injected; `-` for none."""

import struct
import sys

import libinjection


class Value(bytes):
    """Bytes as they are, where the package expects a text that it would encode."""

    def encode(self, *_):
        return bytes(self)


def main():
    while length := sys.stdin.buffer.read(4):
        value = Value(sys.stdin.buffer.read(*struct.unpack("<I", length)))
        sql = libinjection.is_sql_injection(value)
        fingerprint = sql["fingerprint"] if sql["is_sqli"] else "-"
        print(fingerprint, "xss" if libinjection.is_xss(value)["is_xss"] else "-", sep="\t")


main()
