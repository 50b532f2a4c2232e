"""Chromium meets CAPTCHA and Challenge: it solves, or has a person solve, what a web ACL asks, and then sees the API."""

import time
import urllib.parse

import pytest

from clients.boto3.test_wafv2 import AS_IT_IS, REGIONAL, VISIBILITY, arn, rule
from support.browser import Browser
from support.installation import Installation
from support.puzzles import Mint
from support.store import Sqlite
from support.upstream import Upstream

COOKIE = "aws-waf-token"
LIFE_S = 259_200
WRONG = "AAAAAA"
# Asked by scripts as by people; the answer tells of both.
FETCH = "fetch('{}').then(async got => [got.status, got.headers.get('x-amzn-waf-action'), await got.text()])"
XHR = """new Promise(done => {
  const asked = new XMLHttpRequest();
  asked.onload = () => done([asked.status, asked.getResponseHeader('x-amzn-waf-action'), asked.responseText]);
  asked.open('POST', '{}');
  asked.send('a=b');
})"""


@pytest.fixture(scope="module")
def node():
    """A node of its own: what a browser sees does not depend on the store."""
    with Installation(Sqlite()) as running:
        yield running


@pytest.fixture(scope="module")
def mint(node):
    return Mint(node)


@pytest.fixture(scope="module")
def browser(node):
    with Browser(node) as running:
        yield running


@pytest.fixture
def page(browser):
    """A page. Whatever a test does with it, nobody but the node is asked for anything."""
    opened = browser.page()
    yield opened
    asked, thrown = opened.asked(), opened.seen("Runtime.exceptionThrown")
    opened.close()
    assert not thrown, thrown
    hosts = {urllib.parse.urlsplit(url).netloc for url in asked if not url.startswith(("data:", "about:"))}
    assert all(host.endswith(f".{browser.zone}:{browser.gateway.port}") for host in hosts), hosts


def asks(path, priority, action):
    statement = {
        "ByteMatchStatement": {
            "SearchString": path.encode(), "FieldToMatch": {"UriPath": {}}, "TextTransformations": AS_IT_IS,
            "PositionalConstraint": "CONTAINS",
        }
    }
    return rule(path.strip("/"), priority, statement, Action={action: {}})


class Shop:
    """APIs that echo, behind one web ACL that asks in `/proven` for a browser and in `/human` for a person."""

    def __init__(self, node, upstream, name, apis=1, **settings):
        self.node, client, waf = node, node.client("apigateway"), node.client("wafv2")
        rules = [asks("/proven", 0, "Challenge"), asks("/human", 1, "Captcha")]
        settings = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBILITY, "Rules": rules} | settings
        acl = waf.create_web_acl(Name=name, **REGIONAL, **settings)["Summary"]["ARN"]
        self.apis = [self.api(client, upstream) for _ in range(apis)]
        for api in self.apis:
            waf.associate_web_acl(WebACLArn=acl, ResourceArn=arn(node, api))

    def api(self, client, upstream):
        api = client.create_rest_api(name="shop")
        part = client.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="{proxy+}")["id"]
        place = {"restApiId": api["id"], "resourceId": part, "httpMethod": "ANY"}
        client.put_method(**place, authorizationType="NONE", requestParameters={"method.request.path.proxy": True})
        client.put_integration(
            **place, type="HTTP_PROXY", integrationHttpMethod="ANY", uri=f"http://{upstream.address}/{{proxy}}",
            requestParameters={"integration.request.path.proxy": "method.request.path.proxy"},
        )
        client.create_deployment(restApiId=api["id"], stageName="prod")
        return api["id"]

    def host(self, which=0):
        return self.node.host(self.apis[which])

    def url(self, path, which=0):
        return f"https://{self.host(which)}:{self.node.gateway.port}/prod/{path}"


@pytest.fixture(scope="module")
def upstream():
    with Upstream() as running:
        yield running


@pytest.fixture(scope="module")
def shop(node, upstream):
    return Shop(node, upstream, "shop")


def arrived(path):
    """What is true once the API's own answer is seen."""
    return f"document.body && document.body.innerText.includes('\"path\": \"/{path}\"')"


PUZZLE = "document.querySelector('main[data-question] form') && document.querySelector('main').dataset.question"


def letters(page, mint):
    return mint.letters(page.run(PUZZLE))


def test_a_browser_proves_itself_and_nobody_notices(page, shop):
    page.open(shop.url("proven/a?b=c"))
    page.until(arrived("proven/a?b=c"))
    assert page.statuses() == [202, 200], "the page, and what was asked for"
    kept = page.cookies()[COOKIE]
    shown = {name: kept[name] for name in ("domain", "path", "secure", "httpOnly", "sameSite", "session")}
    # AWS's own scripts read the token, so that it is not `HttpOnly`.
    assert shown == {
        "domain": shop.host(), "path": "/", "secure": True, "httpOnly": False, "sameSite": "Lax", "session": False
    }
    assert LIFE_S - 60 < kept["expires"] - time.time() <= LIFE_S + 1
    page.open(shop.url("proven/again"))
    page.until(arrived("proven/again"))
    assert page.statuses() == [202, 200, 200], "it has proven itself before"


def test_a_person_reads_the_picture_at_the_keyboard(page, shop, mint):
    page.open(shop.url("human/a"))
    first = page.until(PUZZLE)
    page.until("document.activeElement === document.getElementById('answer')")
    picture = page.run("document.querySelector('img').src")
    assert page.run("document.querySelector('img').complete && document.querySelector('img').naturalWidth") == 256
    page.type(WRONG)
    page.press("Enter", 13)
    page.until("document.getElementById('said').textContent.startsWith('That was not right.')")
    assert page.run(PUZZLE) != first and page.run("document.querySelector('img').src") != picture
    assert COOKIE not in page.cookies()
    page.until("document.activeElement === document.getElementById('answer')")
    page.type(letters(page, mint).lower())
    page.press("Enter", 13)
    page.until(arrived("human/a"))
    assert page.statuses() == [405, 200]
    assert page.cookies()[COOKIE]["value"].startswith("p.")
    against = [it["entry"]["text"] for it in page.seen("Log.entryAdded") if it["entry"]["source"] == "security"]
    assert not against, "the page does only what its own policy lets it do"


def test_a_puzzle_that_nobody_can_read_is_exchanged(page, shop, mint):
    page.open(shop.url("human/a"))
    first = page.until(PUZZLE)
    focus = "document.activeElement.textContent || document.activeElement.id"
    page.until(f"document.readyState === 'complete' && {focus} === 'answer'")
    page.press("Tab", 9)
    page.until(f"{focus} === 'Go on'")
    page.press("Tab", 9)
    page.until(f"{focus} === 'Another picture'")
    page.press("Enter", 13)
    page.until(f"{PUZZLE} !== '{first}'")
    # Whoever reads the first one after all is too late.
    page.run(f"document.querySelector('main').dataset.question = '{first}'")
    page.run(f"ask('{mint.letters(first)}')")
    page.until(f"{PUZZLE} !== '{first}'")
    page.run(f"ask('{letters(page, mint)}')")
    page.until(arrived("human/a"))


def test_both_tokens_are_one_cookie(page, shop, mint):
    page.open(shop.url("proven/a"))
    page.until(arrived("proven/a"))
    page.open(shop.url("human/a"))
    page.until(PUZZLE)
    page.run(f"ask('{letters(page, mint)}')")
    page.until(arrived("human/a"))
    assert [token[:2] for token in page.cookies()[COOKIE]["value"].split("~")] == ["p.", "c."]
    page.open(shop.url("proven/b"))
    page.until(arrived("proven/b"))
    assert page.statuses() == [202, 200, 405, 200, 200]


@pytest.mark.parametrize("age_s, statuses", [(240, [200]), (301, [202, 200])])
def test_a_proof_is_good_until_its_time_is_over(page, shop, mint, age_s, statuses):
    value = mint.token("c", shop.host(), age_s)
    page.call("Network.setCookie", name=COOKIE, value=value, url=shop.url(""), secure=True)
    page.open(shop.url("proven/a"))
    page.until(arrived("proven/a"))
    assert page.statuses() == statuses
    assert (page.cookies()[COOKIE]["value"] == value) == (statuses == [200])


def test_scripts_are_told_what_to_do_and_get_no_page(page, shop):
    page.open(shop.url("open"))
    page.until(arrived("open"))
    for ask in (FETCH, XHR):
        assert page.run(ask.replace("{}", shop.url("proven/a"))) == [202, "challenge", ""]
        assert page.run(ask.replace("{}", shop.url("human/a"))) == [405, "captcha", ""]
    page.open(shop.url("proven/a"))
    page.until(arrived("proven/a"))
    for ask in (FETCH, XHR):
        status, action, body = page.run(ask.replace("{}", shop.url("proven/b")))
        assert (status, action, "/proven/b" in body) == (200, None, True)


def test_a_page_runs_nothing_and_asks_nobody_but_what_it_was_made_for(page, shop):
    page.open(shop.url("human/a"))
    page.until(PUZZLE)
    tried = """(async () => {
      const refused = [];
      const all = new Promise(done => document.addEventListener('securitypolicyviolation', event => {
        if (refused.push(event.effectiveDirective) === 6) done();
      }));
      const add = (name, attributes) => document.body.append(Object.assign(document.createElement(name), attributes));
      add('script', { textContent: 'window.stranger = 1' });
      add('img', { src: '/prod/open' });
      add('iframe', { src: '/prod/open' });
      add('style', { textContent: 'body { color: red }' });
      add('form', { method: 'post', action: '/prod/open' });
      document.body.lastChild.submit();
      await fetch('https://elsewhere.test/').catch(() => {});
      await all;
      return [refused.sort(), window.stranger];
    })()"""
    refused, stranger = page.run(tried)
    assert refused == ["connect-src", "form-action", "frame-src", "img-src", "script-src-elem", "style-src-elem"]
    assert stranger is None
    assert page.answered() == [shop.url("human/a")]


def test_a_browser_without_cookies_is_told_so_and_asks_no_further(page, shop):
    page.call("Emulation.setDocumentCookieDisabled", disabled=True)
    page.open(shop.url("proven/a"))
    page.until("document.getElementById('said').textContent.includes('needs cookies')")
    assert page.run("document.querySelector('.busy').hidden") is True
    assert page.statuses() == [202]


def test_the_pages_can_be_read_aloud(page, shop):
    page.open(shop.url("human/a"))
    page.until(PUZZLE)
    page.call("Accessibility.enable")
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    told = {(it["role"]["value"], it.get("name", {}).get("value")) for it in nodes if not it["ignored"] and "role" in it}
    assert {
        ("main", ""), ("heading", "Are you a person?"), ("image", "Six letters or digits, drawn crookedly"),
        ("textbox", "Type the six characters you see"), ("button", "Go on"), ("button", "Another picture"),
    } <= told, told
    assert any(role == "status" for role, _ in told), told
    assert page.run("[document.documentElement.lang, document.title]") == ["en", "Are you a person?"]
    # A phone of the narrowest kind shows all of it.
    page.call("Emulation.setDeviceMetricsOverride", width=320, height=568, deviceScaleFactor=2, mobile=True)
    assert page.run("document.documentElement.scrollWidth") == 320


def test_hosts_of_one_domain_share_a_token_whatever_else_the_browser_kept(page, node, upstream, mint):
    domain = f"execute-api.{node.region}.{node.endpoints['zone']}"
    shared = Shop(node, upstream, "shared", apis=2, TokenDomains=[domain])
    # From before the web ACL had a domain: browsers send it first.
    old = mint.token("c", shared.host(), 600)
    page.call("Network.setCookie", name=COOKIE, value=old, url=shared.url(""), secure=True)
    page.open(shared.url("proven/a"))
    page.until(arrived("proven/a"))
    page.open(shared.url("proven/b", which=1))
    page.until(arrived("proven/b"))
    assert page.statuses() == [202, 200, 200]
