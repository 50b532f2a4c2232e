"""An OpenID Connect issuer with a certificate authority of its own."""

import base64
import datetime
import http.server
import ipaddress
import json
import pathlib
import ssl
import tempfile
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

LIFE = datetime.timedelta(days=1)


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Issuer:
    """Publishes its keys over HTTPS on a free port, and signs what it is told to."""

    def __enter__(self):
        self.key = rsa.generate_private_key(65537, 2048)
        self.directory = tempfile.TemporaryDirectory()
        home = pathlib.Path(self.directory.name)
        self.ca = str(home / "ca.pem")
        self.certify(home)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Documents)
        self.server.daemon_threads = True
        self.server.issuer = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(home / "chain.pem", home / "key.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.name = "localhost:%d" % self.server.server_address[1]
        self.url = f"https://{self.name}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.directory.cleanup()

    def certify(self, home):
        authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        now = datetime.datetime.now(datetime.timezone.utc)

        def certificate(subject, key, extensions):
            builder = x509.CertificateBuilder(name("issuer's authority"), name(subject), key.public_key())
            builder = builder.serial_number(x509.random_serial_number())
            builder = builder.not_valid_before(now - LIFE).not_valid_after(now + LIFE)
            for extension, critical in extensions:
                builder = builder.add_extension(extension, critical)
            return builder.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

        root = certificate("issuer's authority", authority, [(x509.BasicConstraints(True, 0), True)])
        places = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        leaf = certificate("localhost", own, [(x509.SubjectAlternativeName(places), False)])
        pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        pathlib.Path(self.ca).write_bytes(root)
        self.thumbprint = x509.load_pem_x509_certificate(root).fingerprint(hashes.SHA1()).hex()
        (home / "chain.pem").write_bytes(leaf + root)
        (home / "key.pem").write_bytes(own.private_bytes(*pem))

    def token(self, key=None, header=None, **claims):
        """A token of an hour, made out to `app` unless told otherwise."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": "app", "sub": "alice", "iat": now, "exp": now + 3600} | claims
        parts = {"alg": "RS256", "kid": "one"} | (header or {}), claims
        signed = ".".join(encode(json.dumps(part).encode()) for part in parts)
        signature = (key or self.key).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encode(signature)}"

    def document(self, path):
        public = self.key.public_key().public_numbers()
        key = {"kty": "RSA", "kid": "one", "use": "sig", "n": number(public.n), "e": number(public.e)}
        return {
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/keys"},
            "/keys": {"keys": [key]},
        }.get(path)


class Documents(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        found = self.server.issuer.document(self.path)
        body = json.dumps(found).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
