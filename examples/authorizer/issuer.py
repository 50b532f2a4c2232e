"""A tiny issuer on this machine, to try authorizers with: publishes one key and prints a token.

    python issuer.py [--port 9000] [--audience pets] [--scope "read write"] [--minutes 60]
"""

import argparse
import http.server
import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KID = "one"


class Issuer:
    def __init__(self, port=0):
        self.key = rsa.generate_private_key(65537, 2048)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Documents)
        self.server.issuer = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def published(self):
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"kty": "RSA", "n": key["n"], "e": key["e"], "kid": KID, "use": "sig", "alg": "RS256"}

    def documents(self):
        return {
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/keys"},
            "/keys": {"keys": [self.published()]},
        }

    def token(self, audience="pets", seconds=3600, **claims):
        now = int(time.time())
        claims = {"iss": self.url, "aud": audience, "sub": "alice", "iat": now, "exp": now + seconds} | claims
        return jwt.encode(claims, self.key, "RS256", {"kid": KID})


class Documents(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.server.issuer.documents().get(self.path)
        body = json.dumps(found).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=9000)
    options.add_argument("--audience", default="pets")
    options.add_argument("--scope", default="")
    options.add_argument("--minutes", type=int, default=60)
    chosen = options.parse_args()
    issuer = Issuer(chosen.port)
    print(f"issuer: {issuer.url}")
    print(f"token:  {issuer.token(chosen.audience, chosen.minutes * 60, scope=chosen.scope)}", flush=True)
    issuer.server.serve_forever()


if __name__ == "__main__":
    main()
