//! What browsers ask for: pages, searches, assets, and the cookies that come along.

use super::words::COMMON;
use crate::waf::encode::{form, percent};
use crate::waf::grammar::expand;
use crate::waf::random::Random;
use crate::waf::wire::Wire;

const PATHS: &[&str] = &[
    "/",
    "/index.html",
    "/products/‹slug›",
    "/category/‹noun1›/page/‹d›",
    "/blog/2024/0‹d›/‹slug›",
    "/assets/app.‹hex›.js",
    "/static/css/main.‹hex›.css",
    "/img/‹hex›.webp",
    "/favicon.ico",
    "/robots.txt",
    "/sitemap.xml",
    "/.well-known/openid-configuration",
    "/.well-known/security.txt",
    "/users/‹uuid›",
    "/u/‹user›",
    "/wiki/‹noun1›_(disambiguation)",
    "/files/report-‹n›.pdf",
    "/docs/v1.2.3/guide",
    "/compare/v1.‹d›.0...v2.0.0",
    "/repo/tree/main/src/lib.rs",
    "/@scope/package@1.‹d›.0/dist/index.mjs",
    "/maps/@48.85,2.35,15z",
    "/search;sort=asc;view=grid",
    "/a/b/c/d/e",
    "/caf%C3%A9/men%C3%BC",
    "/%D0%BA%D0%B0%D1%82%D0%B0%D0%BB%D0%BE%D0%B3/‹n›",
    "/feed.xml",
    "/fonts/inter.woff2",
    "/account/orders/‹n›",
    "/shop/men's-shoes",
    "/authors/o'brien",
    "/q/1+1=2",
    "/tags/c%23",
    "/tags/c%2B%2B",
    "/people/anna%20&%20ben",
    "/video/‹hex›/seg-‹n›.ts",
    "/en-us/select/order/‹n›",
    "/union/members",
    "/script/load",
    "/data/table/‹n›",
    "/_next/data/‹hex›/index.json",
    "/_next/static/chunks/pages/%5Bid%5D-‹hex›.js",
    "/api/v1/environment",
    "/administration-guide",
    "/download/setup-‹n›.exe",
    "/help/how-to-use-etc",
    "/process/overview",
    "/live/stream.m3u8",
];
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    "okhttp/4.12.0",
    "MyApp/3.‹d› (com.example.app; build:‹n›; iOS 17.5.1) Alamofire/5.9.1",
    "python-requests/2.32.3",
    "curl/8.5.0",
    "Dalvik/2.1.0 (Linux; U; Android 13; Pixel 7 Build/TQ3A.230901.001)",
    "PostmanRuntime/7.39.0",
    "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0; .NET CLR 3.5)",
    "aws-cli/2.15.0 Python/3.11.6 Linux/6.1 exe/x86_64 prompt/off command/s3.ls",
    "Java/17.0.9",
    "GitHub-Hookshot/‹hex›",
];
const REFERERS: &[&str] = &[
    "https://www.google.com/",
    "https://example.com/search?q=‹noun1›+or+‹noun1›",
    "https://t.co/‹hex›",
    "https://example.com/a?next=%2Fb%3Fc%3Dd%26e%3Df",
    "android-app://com.google.android.gm/",
    "https://example.com/?utm_campaign=50%25_off&x='y'",
    "https://www.bing.com/search?q=select+*+from+where&form=QBLH",
];

/// A page, an asset or a search.
pub(super) fn page(random: &mut Random) -> Wire {
    let path = one_of(random, PATHS);
    let query = if random.once_in(2) { query(random) } else { String::new() };
    let mut wire = Wire::get(&path, &query);
    if random.once_in(2) {
        wire.header("User-Agent", &one_of(random, AGENTS));
    }
    if random.once_in(2) {
        wire.header("Referer", &one_of(random, REFERERS));
    }
    if random.once_in(3) {
        wire.header("traceparent", &format!("00-{}-{}-01", random.hex(32), random.hex(16)));
        wire.header("If-None-Match", &format!("W/\"{}\"", random.hex(16)));
    }
    if random.once_in(3) {
        wire.header(
            "Authorization",
            &format!("Bearer eyJhbGciOiJSUzI1NiJ9.{}.{}", random.base64(200), random.base64(86)),
        );
    }
    if random.once_in(2) {
        wire.header("Cookie", &cookie_header(random));
    }
    wire
}

fn query(random: &mut Random) -> String {
    let count = random.between(1, 4);
    let pairs: Vec<String> = (0..count).map(|_| pair(random)).collect();
    pairs.join("&")
}

fn pair(random: &mut Random) -> String {
    const TEMPLATES: &[(&str, &str)] = &[
        ("q", "‹search›"),
        ("query", "‹search›"),
        ("s", "‹search›"),
        ("page", "‹d›"),
        ("limit", "‹n›"),
        ("sort", "price:desc"),
        ("order_by", "-created_at"),
        ("fields", "id,name,price(eur),owner{id}"),
        ("utm_source", "newsletter"),
        ("utm_campaign", "‹d›0% off & more!"),
        ("ids[]", "‹n›"),
        ("filter[status]", "open"),
        ("lat", "48.‹n›"),
        ("bbox", "-1.5,52.1,0.3,53.0"),
        ("color", "#ff‹d›0aa"),
        ("date", "‹date›"),
        ("from", "‹date›"),
        ("tz", "Europe/Paris"),
        ("redirect_uri", "https://app.example.com/callback?x=‹n›"),
        ("next", "/account/orders?page=‹d›&sort=asc"),
        ("return", "‹url›"),
        ("url", "‹url›"),
        ("token", "‹base64›="),
        ("state", "‹hex›.‹hex›"),
        ("code_challenge", "‹base64›"),
        ("email", "‹email›"),
        ("name", "‹first› ‹last›"),
        ("company", "‹company›"),
        ("v", "1.2.‹n›"),
        ("lang", "en-GB,en;q=0.9"),
        ("tags", "c#,c++,.net"),
        ("range", "10..20"),
        ("expr", "(a+b)*c-1"),
        ("file", "report ‹n› (final).pdf"),
        ("path", "docs/guide/intro.md"),
        ("callback", "jQuery‹n›_‹n›"),
        ("_", "17‹n›‹n›"),
        ("message", "‹search›!"),
        ("title", "JavaScript: The Good Parts"),
        ("title", "Q&A: what's new?"),
        ("size", "10\" x 12\""),
        ("price", "<‹n›"),
        ("price", ">=‹d› and <=‹n›"),
        ("type", "image/png"),
        ("action", "view"),
        ("cmd", "list"),
        ("exec", "true"),
        ("select", "id,name"),
        ("where", "home"),
        ("on", "1"),
        ("id", "‹uuid›"),
        ("emoji", "😀👍"),
        ("json", "{\"a\":[1,2],\"b\":\"c\"}"),
    ];
    let (name, template) = TEMPLATES[random.below(TEMPLATES.len())];
    let value = expand(random, template, COMMON);
    let encoded = if random.once_in(4) {
        percent(&value, |byte| byte.is_ascii_alphanumeric() || b"-_.~!*'(),/:;@".contains(&byte))
    } else {
        form(&value)
    };
    format!("{name}={encoded}")
}

/// Cookies as sites set them.
pub(super) fn cookies(random: &mut Random) -> Wire {
    let mut wire = Wire::get("/account", "");
    wire.header("Cookie", &cookie_header(random));
    wire
}

fn cookie_header(random: &mut Random) -> String {
    const COOKIES: &[&str] = &[
        "_ga=GA1.2.‹n›.17‹n›",
        "_gid=GA1.2.‹n›.‹n›",
        "_fbp=fb.1.17‹n›.‹n›",
        "session=‹base64›",
        "csrftoken=‹base64›",
        "theme=dark",
        "lang=en-GB",
        "JSESSIONID=‹hex›‹hex›.node1",
        "PHPSESSID=‹hex›‹hex›",
        "ASP.NET_SessionId=‹hex›",
        "consent={\"analytics\":true,\"ads\":false}",
        "cart=%5B%7B%22sku%22%3A%22A-‹n›%22%2C%22qty%22%3A‹d›%7D%5D",
        "prefs=a%3D1%26b%3D2",
        "OptanonConsent=isGpcEnabled=0&datestamp=Mon+Jun+1‹d›+2024+1‹d›%3A00%3A00+GMT%2B0200+(Central+European+Summer+Time)&version=202405.1.0&groups=C0001%3A1%2CC0002%3A0",
        "AWSALB=‹base64›/‹base64›+‹base64›=",
        "connect.sid=s%3A‹base64›.‹base64›",
        "user_name=O'Brien",
        "last_search=‹noun1›%20or%20‹noun1›",
        "__Host-id=eyJhbGciOiJIUzI1NiJ9.‹base64›.‹base64›",
        "ab=exp‹d›:b|exp2:a|exp3:c",
        "tz=Europe/Paris",
        "_pk_id.1.‹hex›=‹hex›.17‹n›.",
        "ajs_user_id=%22‹uuid›%22",
        "mp_‹hex›_mixpanel=%7B%22distinct_id%22%3A%20%22‹hex›%22%2C%22%24device_id%22%3A%20%22‹hex›%22%7D",
        "seen=1; closed=yes",
        "ref=https%3A%2F%2Fexample.com%2F%3Fa%3Db",
    ];
    let count = random.between(1, 8);
    let all: Vec<String> = (0..count).map(|_| one_of(random, COOKIES)).collect();
    all.join("; ")
}

fn one_of(random: &mut Random, templates: &[&str]) -> String {
    let template = random.pick(templates).to_owned();
    expand(random, &template, COMMON)
}
