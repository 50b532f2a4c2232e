"""A real browser, driven over its DevTools protocol. <https://chromedevtools.github.io/devtools-protocol/>"""

import base64
import hashlib
import itertools
import json
import os
import pathlib
import select
import shutil
import ssl
import subprocess
import tempfile
import time

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PROGRAM = "chromium"
PATIENCE = 30
OPTIONS = [
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--mute-audio", "--window-size=1280,800",
    # Only pages of the tests are opened, and the browser's own sandbox is what containers do not grant.
    "--no-sandbox",
]
# The browser reads commands from the third descriptor and writes answers to the fourth.
CONNECTED = ["bash", "-c", 'exec "${@:3}" 3<&"$1" 4>&"$2"', "bash"]


def key_of(gateway, host):
    """What names a server's key: an authority of the tests is in no browser's store, so that the key itself is trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with ssl.create_connection((gateway.host, gateway.port)) as raw, context.wrap_socket(raw, server_hostname=host) as tls:
        certificate = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True))
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


class Refused(Exception):
    """The browser does not do what it was told."""


class Browser:
    """A running Chromium that finds the hosts of one node and no other."""

    def __init__(self, installation):
        self.gateway, self.zone = installation.gateway, installation.endpoints["zone"]
        self.key = key_of(self.gateway, installation.host("abcdef1234"))

    def __enter__(self):
        # A missing browser is a failure: what is left out silently is missed by nobody.
        assert shutil.which(PROGRAM), f"install it: sudo apt-get install --no-install-recommends {PROGRAM}"
        self.directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        home = self.directory.name
        options = [*OPTIONS, f"--user-data-dir={home}", f"--ignore-certificate-errors-spki-list={self.key}"]
        options.append(f"--host-resolver-rules=MAP *.{self.zone} {self.gateway.host}, MAP * ~NOTFOUND")
        told, self.commands = os.pipe()
        self.answers, written = os.pipe()
        command = ["setpriv", "--pdeathsig", "KILL", "--", *CONNECTED, str(told), str(written), PROGRAM, *options]
        self.log = open(pathlib.Path(home) / "log", "wb")
        own = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, pass_fds=(told, written), env=os.environ | own
        )
        os.close(told)
        os.close(written)
        self.ids, self.unread, self.events = itertools.count(1), b"", []
        self.call("Browser.getVersion")
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            os.close(self.commands)
            os.close(self.answers)
            self.log.close()
            self.directory.cleanup()

    def call(self, method, session=None, **given):
        """Tells the browser something, and waits for its answer; events that come meanwhile are kept."""
        number = next(self.ids)
        message = {"id": number, "method": method, "params": given} | ({"sessionId": session} if session else {})
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == number:
                if "error" in answer:
                    raise Refused(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def message(self):
        while b"\0" not in self.unread:
            readable, _, _ = select.select([self.answers], [], [], PATIENCE)
            more = os.read(self.answers, 1 << 16) if readable else b""
            assert more, "the browser does not answer: " + self.told()
            self.unread += more
        text, _, self.unread = self.unread.partition(b"\0")
        return json.loads(text)

    def told(self):
        """What it wrote beside its answers."""
        return (pathlib.Path(self.directory.name) / "log").read_text(errors="replace")

    def page(self):
        """An empty page whose cookies are its own."""
        return Page(self)


class Page:
    """A page, and all that it asked the network for."""

    def __init__(self, browser):
        self.browser = browser
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def close(self):
        """Ends the page with its cookies."""
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)

    def call(self, method, **given):
        return self.browser.call(method, self.session, **given)

    def open(self, url):
        self.call("Page.navigate", url=url)

    def run(self, script):
        """The value of an expression in the page; a promise's, where it is one."""
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def until(self, script):
        """Waits for an expression to be true, across as many pages as it takes; answers what it became."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if value := self.run(script):
                    return value
            except (Refused, AssertionError):
                # The page made way for the next one.
                pass
            time.sleep(0.02)
        raise AssertionError(f"`{script}` does not come true: {self.text()}")

    def text(self):
        """What a person reads."""
        return self.run("document.body ? document.body.innerText : ''")

    def type(self, text):
        """Writes where the focus is."""
        self.call("Input.insertText", text=text)

    def press(self, key, code):
        """Presses a key and lets it go."""
        named = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text={"Enter": "\r"}.get(key, ""), **named)
        self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def seen(self, method):
        """What the browser told of this page, oldest first."""
        self.run("0")
        return [it["params"] for it in self.browser.events if it.get("sessionId") == self.session and it["method"] == method]

    def asked(self):
        """The addresses that were asked for."""
        return [request["request"]["url"] for request in self.seen("Network.requestWillBeSent")]

    def answered(self):
        """The addresses that a node answered for, without what stands in the page itself."""
        urls = [answer["response"]["url"] for answer in self.seen("Network.responseReceived")]
        return [url for url in urls if url.startswith("https:")]

    def statuses(self):
        """The statuses of documents, in their order."""
        answers = self.seen("Network.responseReceived")
        return [answer["response"]["status"] for answer in answers if answer["type"] == "Document"]

    def cookies(self):
        """All cookies of the page, by their names; a name that there is twice fails."""
        kept = self.browser.call("Storage.getCookies", browserContextId=self.context)["cookies"]
        named = {cookie["name"]: cookie for cookie in kept}
        assert len(named) == len(kept), kept
        return named

    def picture(self, file, width, height, scheme="light", scale=1):
        """Writes what is seen into a file, for whoever wants to look at it."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        data = self.call("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(file).write_bytes(base64.b64decode(data))
