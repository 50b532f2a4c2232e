//! Documents: base64, rich text, Markdown, uploads, tables, and what programs report of themselves.

use super::prose;
use super::words::COMMON;
use crate::waf::encode::form;
use crate::waf::grammar::expand;
use crate::waf::random::Random;
use crate::waf::wire::Wire;

/// Images and files as base64.
pub(super) fn base64(random: &mut Random) -> Wire {
    let length = random.between(20, 1200) * 4;
    let data = random.base64(length);
    let kind = random.pick(&[
        "image/png",
        "image/jpeg",
        "image/svg+xml",
        "application/pdf",
        "image/webp",
        "audio/wav",
        "application/octet-stream",
        "font/woff2",
    ]);
    let url = format!("data:{kind};base64,{data}");
    match random.below(4) {
        0 => Wire::post("/avatar", "application/json", serde_json::json!({"image": url, "name": "me.png"}).to_string()),
        1 => Wire::post("/avatar", "application/x-www-form-urlencoded", format!("image={}&x=1", form(&url))),
        2 => Wire::post(
            "/files",
            "application/json",
            serde_json::json!({"name": "a.bin", "data": data, "sha256": random.hex(64)}).to_string(),
        ),
        _ => {
            let certificate =
                format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", random.base64(640));
            Wire::post("/keys", "application/json", serde_json::json!({"pem": certificate, "jwt": format!("eyJhbGciOiJFUzI1NiJ9.{}.{}", random.base64(160), random.base64(86))}).to_string())
        }
    }
}

/// What an editor in a page makes.
pub(super) fn rich_text(random: &mut Random) -> Wire {
    const PARTS: &[&str] = &[
        "<p>‹search›</p>",
        "<p style=\"text-align: center;\">Hello <strong>‹first›</strong>,</p>",
        "<p><a href=\"‹url›\" target=\"_blank\" rel=\"noopener\">‹noun›</a> &amp; more</p>",
        "<ul><li>‹noun›</li><li>‹adjective1›</li></ul>",
        "<h2>It's ‹noun1› time!</h2>",
        "<p><img src=\"https://cdn.example.com/‹hex›.jpg\" alt=\"‹noun1›\" width=\"300\" /></p>",
        "<blockquote>\"To be or not to be\"</blockquote>",
        "<table border=\"1\"><tbody><tr><td>‹n›</td><td>‹money›</td></tr></tbody></table>",
        "<p>&nbsp;</p>",
        "<span style=\"color: rgb(51, 51, 51); font-family: 'Open Sans', sans-serif;\">‹noun›</span><br />",
        "<pre><code>let x = 1;</code></pre>",
        "<p><em>‹first› &lt;‹email›&gt;</em></p>",
        "<hr><p class=\"ql-align-right\">5 &gt; 3</p>",
        "<figure class=\"image\"><img src=\"data:image/png;base64,‹base64›\"><figcaption>x</figcaption></figure>",
        "<p>1 &lt; 2 &amp;&amp; 3 &gt; 2</p>",
    ];
    let count = random.between(1, 8);
    let text: String = (0..count)
        .map(|_| {
            let part = random.pick(PARTS).replace("‹adjective1›", "new");
            expand(random, &part, COMMON)
        })
        .collect();
    prose::send(random, &text)
}

/// What is written in wikis and issues.
pub(super) fn markdown(random: &mut Random) -> Wire {
    const PARTS: &[&str] = &[
        "# ‹search›",
        "* ‹noun›\n* ‹noun›",
        "> ‹search›",
        "[‹noun1›](‹url›) and ![img](https://example.com/a.png \"It's\")",
        "| a | b |\n|---|---|\n| 1 | `x = 1` |",
        "```\nlet x = `a`;\n```",
        "**bold** _italics_ ~~gone~~ `code`",
        "- [ ] todo\n- [x] done",
        "See #‹n› & @‹user›; fixes ‹hex›.",
        "1. First\n2. Second -- maybe",
        "Footnote[^1]\n\n[^1]: it's here",
        "Use `npm install --save-dev` or `yarn add`.",
        "---",
        "Line with trailing spaces  \nnext",
        "<details><summary>More</summary>\n\ntext\n\n</details>",
        "Math: $a^2 + b^2 = c^2$ or $$\\sum_{i=1}^n x_i$$",
        "Path: `src/main.rs`, version >= 1.‹d›",
        "The `SELECT` statement reads; `DROP TABLE` removes.",
        "Escape `'` as `''` or `\\'`.",
    ];
    let count = random.between(2, 9);
    let all: Vec<String> = (0..count)
        .map(|_| {
            let part = random.pick(PARTS).to_owned();
            expand(random, &part, COMMON)
        })
        .collect();
    prose::send(random, &all.join("\n\n"))
}

/// Files as browsers upload them.
pub(super) fn upload(random: &mut Random) -> Wire {
    let boundary = format!("----WebKitFormBoundary{}", random.hex(16));
    let (name, kind) = [
        ("photo.jpg", "image/jpeg"),
        ("O'Brien (final).pdf", "application/pdf"),
        ("data.csv", "text/csv"),
        ("notes & ideas.txt", "text/plain"),
        ("archive.zip", "application/zip"),
        ("sheet.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ][random.below(6)];
    let mut body = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n{}\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n", expand(random, "‹search›", COMMON)).into_bytes();
    if kind.starts_with("text/") {
        let rows = random.between(3, 40);
        for _ in 0..rows {
            body.extend_from_slice(
                expand(random, "‹n›,\"‹first› ‹last›\",‹money›,‹date›,‹search›\n", COMMON).as_bytes(),
            );
        }
    } else {
        let bytes = random.between(200, 6000);
        body.extend((0..bytes).map(|_| random.number().to_le_bytes()[0]));
    }
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Wire::post("/upload", &format!("multipart/form-data; boundary={boundary}"), body)
}

/// XML and comma-separated values.
pub(super) fn table(random: &mut Random) -> Wire {
    let count = random.between(2, 20);
    if random.once_in(2) {
        let rows: String =
            (0..count).map(|_| expand(random, "‹n›;\"‹last›, ‹first›\";‹email›;‹money›;‹company›\n", COMMON)).collect();
        return Wire::post("/import", "text/csv", format!("id;name;mail;total;company\n{rows}"));
    }
    let rows: String = (0..count).map(|_| expand(random, "<item id=\"‹n›\"><name>‹first› ‹noun1›</name><price currency=\"EUR\">‹n›.00</price><note><![CDATA[‹noun1› & co; it's]]></note></item>", COMMON)).collect();
    if random.once_in(2) {
        let soap = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><GetItems xmlns=\"http://example.com/\">{rows}</GetItems></soap:Body></soap:Envelope>"
        );
        return Wire::post("/soap", "text/xml; charset=utf-8", soap)
            .with("SOAPAction", "\"http://example.com/GetItems\"");
    }
    Wire::post("/import", "application/xml", format!("<?xml version=\"1.0\"?>\n<items>{rows}</items>"))
}

/// Logs, traces and metrics.
pub(super) fn telemetry(random: &mut Random) -> Wire {
    const LINES: &[&str] = &[
        "‹date› INFO [main] c.e.App - Started in ‹n› ms",
        "‹date› ERROR could not connect to db: timeout after ‹d›s (host=db-‹d›.internal, port=5432)",
        "TypeError: Cannot read properties of undefined (reading '‹noun1›')\n    at render (webpack:///./src/components/‹noun1›.js:‹n›:‹d›)\n    at async https://example.com/static/js/main.‹hex›.js:1:‹n›",
        "java.lang.NullPointerException: x is null\n\tat com.example.App.main(App.java:‹n›)",
        "Traceback (most recent call last):\n  File \"/srv/app/main.py\", line ‹n›, in <module>\n    run()\nKeyError: '‹noun1›'",
        "GET /api/‹noun1›s/‹n›?x=1 200 ‹n› \"Mozilla/5.0 (X11)\"",
        "panic: runtime error: index out of range [‹d›] with length ‹d›\ngoroutine 1 [running]:",
        "user=‹user› action=select table=orders rows=‹n› ms=‹d›",
        "duplicate key value violates unique constraint \"users_email_key\"",
        "syntax error at or near \"from\" (SQLSTATE 42601)",
        "cpu=‹d›0% mem=‹n›MB load=0.‹d› | disk ok; net ok",
    ];
    let count = random.between(1, 8);
    let lines: Vec<String> = (0..count)
        .map(|_| {
            let line = random.pick(LINES).to_owned();
            expand(random, &line, COMMON)
        })
        .collect();
    match random.below(3) {
        0 => {
            let events: Vec<serde_json::Value> = lines.iter().map(|line| serde_json::json!({"ts": random.number() % 1_000_000, "message": line, "level": "error", "tags": {"env": "prod", "os": "linux"}})).collect();
            Wire::post("/v1/logs", "application/json", serde_json::Value::Array(events).to_string())
        }
        1 => Wire::post("/v1/logs", "text/plain", lines.join("\n")),
        _ => {
            let document = serde_json::json!({"exception": {"values": [{"type": "Error", "value": lines.join("\n"), "stacktrace": {"frames": [{"filename": "app:///src/x.js", "lineno": 3}, {"filename": "node:internal/process", "function": "<anonymous>"}]}}]}, "platform": "javascript", "sdk": {"name": "sdk", "version": "8.0"}, "request": {"url": expand(random, "‹url›", COMMON)}});
            Wire::post("/api/1/envelope/", "application/json", document.to_string())
        }
    }
}
