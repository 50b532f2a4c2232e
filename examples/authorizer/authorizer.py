"""A Lambda authorizer (type TOKEN) that checks OAuth 2 access tokens and OpenID Connect ID tokens.

Environment: ISSUER and AUDIENCE must be set; JWKS_URL is where the issuer publishes its keys (found by discovery where
it is not set); SCOPE, where it is set, is a scope that the token must grant.
"""

import ipaddress
import json
import os
import time
import urllib.parse
import urllib.request

import jwt

DOCUMENT_BYTES_MAX = 150_000
DOCUMENT_SECONDS = 1.5
KEEP_SECONDS = 3600
LOOK_EVERY_SECONDS = 10
TOKEN_BYTES_MAX = 8192
CLOCK_SKEW_SECONDS = 60
# An algorithm is the key's own. This is what a key without one is for.
USUAL = {"RSA": "RS256", "EC": "ES256"}
SIGNATURES = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"}


class Refused(Exception):
    """The token proves nobody."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Keys are where the issuer says, and nowhere else."""

    def redirect_request(self, *_):
        return None


def fetch(url):
    """A JSON document over TLS, or from this machine."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise OSError(f"{url} is neither https nor on this machine")
    opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=DOCUMENT_SECONDS) as answer:
        body = answer.read(DOCUMENT_BYTES_MAX + 1)
    if len(body) > DOCUMENT_BYTES_MAX:
        raise OSError(f"{url} is longer than {DOCUMENT_BYTES_MAX} bytes")
    return json.loads(body)


def is_loopback(host):
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Keys:
    """The issuer's keys, kept between calls while the instance is warm."""

    def __init__(self, issuer, url=None, get=fetch, clock=time.monotonic):
        self.issuer, self.url, self.get, self.clock = issuer, url, get, clock
        self.known, self.read, self.looked = {}, None, None

    def key(self, kid):
        now = self.clock()
        is_old = self.read is None or now >= self.read + KEEP_SECONDS
        # However many unknown names come along, the issuer is asked once in a while only.
        may_look = self.looked is None or now >= self.looked + LOOK_EVERY_SECONDS
        if (is_old or kid not in self.known) and may_look:
            self.looked = now
            self.look()
            self.read = now
        elif is_old:
            raise OSError("the issuer's keys could not be read a moment ago")
        if kid not in self.known:
            raise Refused("the issuer has no such key")
        return self.known[kid]

    def look(self):
        url = self.url
        if not url:
            found = self.get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if found.get("issuer", "").rstrip("/") != self.issuer.rstrip("/"):
                raise OSError("the issuer names another issuer")
            url = found["jwks_uri"]
        self.known = dict(usable(self.get(url)["keys"]))


def usable(keys):
    """Names, keys and algorithms of the keys that verify signatures; others are passed over."""
    for key in keys:
        algorithm = key.get("alg") or USUAL.get(key.get("kty"))
        if key.get("kid") and key.get("use", "sig") == "sig" and algorithm in SIGNATURES:
            try:
                yield key["kid"], jwt.PyJWK(key, algorithm)
            except jwt.PyJWTError:
                continue


def check(token, keys, audience, scope=None):
    """The claims of a true token."""
    token = token.strip()
    if token[:7].lower() == "bearer ":
        token = token[7:].strip()
    if not token or len(token) > TOKEN_BYTES_MAX:
        raise Refused("no token, or too long a one")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as why:
        raise Refused(str(why)) from why
    if not isinstance(header.get("kid"), str) or "crit" in header:
        raise Refused("the header names no key, or an extension")
    key = keys.key(header["kid"])
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=audience,
            issuer=keys.issuer,
            options={"require": ["exp", "iss", "aud"]},
            leeway=CLOCK_SKEW_SECONDS,
        )
    except (jwt.PyJWTError, ValueError, OverflowError) as why:
        raise Refused(str(why)) from why
    return claims, scope is None or scope in granted(claims)


def granted(claims):
    scopes = claims.get("scope") or claims.get("scp") or []
    return scopes.split() if isinstance(scopes, str) else scopes


def policy(claims, effect, method_arn):
    """The answer to API Gateway. It is cached for the token, so it must fit every method of the stage, not this one alone."""
    api, stage = method_arn.split("/")[:2]
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": f"{api}/{stage}/*"}
    return {
        "principalId": str(claims.get("sub") or "nobody"),
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"issuer": str(claims["iss"]), "scope": " ".join(map(str, granted(claims)))},
    }


def authorize(event, keys, audience, scope=None):
    try:
        claims, is_granted = check(event.get("authorizationToken") or "", keys, audience, scope)
    except Refused as why:
        print(f"refused: {why}")
        # API Gateway answers 401 to exactly this word, and 500 to any other failure.
        raise Exception("Unauthorized") from why
    return policy(claims, "Allow" if is_granted else "Deny", event["methodArn"])


KEYS = None


def handler(event, _context):
    global KEYS
    KEYS = KEYS or Keys(os.environ["ISSUER"], os.environ.get("JWKS_URL"))
    return authorize(event, KEYS, os.environ["AUDIENCE"], os.environ.get("SCOPE") or None)
