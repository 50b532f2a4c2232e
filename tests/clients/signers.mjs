// Signs one request with the AWS SDK for JavaScript's own signers. It reads the request as JSON from standard input and
// writes the signed one to standard output; SIGNERS_HOME says where the packages are installed.

import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const require = createRequire(`${process.env.SIGNERS_HOME}/`);
const { Sha256 } = require("@aws-crypto/sha256-js");
const { SignatureV4 } = require("@smithy/signature-v4");
const { SignatureV4a } = require("@smithy/signature-v4a");

const asked = JSON.parse(await text(process.stdin));
const url = new URL(asked.url);
const query = {};
for (const [name, value] of url.searchParams) {
  query[name] = name in query ? [query[name], value].flat() : value;
}
const request = {
  method: asked.method,
  protocol: url.protocol,
  hostname: url.hostname,
  port: url.port ? Number(url.port) : undefined,
  path: url.pathname,
  query,
  headers: { ...asked.headers, host: url.host },
  body: asked.body ? Buffer.from(asked.body, "base64") : undefined,
};
const Signer = asked.multiRegion ? SignatureV4a : SignatureV4;
const signer = new Signer({
  credentials: asked.credentials,
  region: asked.region,
  service: asked.service,
  sha256: Sha256,
  applyChecksum: asked.announceBody,
});
const signed = asked.expires
  ? await signer.presign(request, { expiresIn: asked.expires })
  : await signer.sign(request);

// RFC 3986's unreserved characters are all that stays; encodeURIComponent leaves five more.
const encode = (part) =>
  encodeURIComponent(part).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const pairs = Object.entries(signed.query ?? {}).flatMap(([name, values]) =>
  [values].flat().map((value) => `${encode(name)}=${encode(value ?? "")}`),
);
const target = signed.path + (pairs.length ? `?${pairs.join("&")}` : "");
process.stdout.write(JSON.stringify({ url: url.origin + target, headers: signed.headers }));
