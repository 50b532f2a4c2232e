"""What a node knows of its puzzles and tokens, and who holds its master key: `crates/gateway/src/firewall/mint.rs`."""

import hashlib
import hmac
import time

ALPHABET = b"ACDEFGHJKLMNPQRTUVWXY34679"
PURPOSE = b"portcullis fingerprints of secrets 1"


class Mint:
    """Reads pictures without looking, and signs tokens of any time."""

    def __init__(self, installation):
        master = bytes.fromhex((installation.home / "master.key").read_text().strip())
        self.key = hmac.digest(master, PURPOSE, hashlib.sha256)

    def print(self, *owner, secret):
        parts = b"".join(part.encode() + b"\0" for part in ("waf", *owner))
        return hmac.digest(self.key, parts + secret, hashlib.sha256)

    def letters(self, question):
        """What the picture of a question says."""
        nonce = int(question.split(".")[2], 16).to_bytes(8, "little")
        digest = self.print("letters", secret=nonce)
        pairs = [int.from_bytes(digest[at : at + 2], "little") for at in range(0, 12, 2)]
        return bytes(ALPHABET[pair % len(ALPHABET)] for pair in pairs).decode()

    def token(self, purpose, host, age_s, account="000000000000"):
        """A token that was given so long ago."""
        said = f"{purpose}.{int(time.time()) - age_s:x}.{7:016x}"
        return f"{said}.{self.print('token', account, host, secret=said.encode()).hex()[:32]}.{host}"
