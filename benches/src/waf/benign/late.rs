//! Harmless texts of kinds that stand nowhere else here, written before their results were known: one half was read when rules
//! were mended, the other never.

use super::prose;
use super::words::COMMON;
use crate::waf::grammar::expand;
use crate::waf::random::Random;
use crate::waf::wire::Wire;

/// Logs and terminals, as they are pasted into tickets.
const LOGS: &[&str] = &[
    "‹first›@web-‹d›:~$ systemctl restart nginx\n‹first›@web-‹d›:~$ journalctl -u nginx -n ‹n›",
    "$ npm install --save-dev eslint\nadded ‹n› packages, and audited ‹n› packages in ‹d›s",
    "192.0.2.‹d› - - [12/Mar/2026:10:15:‹d›2 +0100] \"GET /cart?id=‹n› HTTP/1.1\" 200 ‹n› \"-\" \"curl/8.5.0\"",
    "2026-03-0‹d›T10:15:42.‹n›Z ERROR [worker-‹d›] o.a.k.Consumer - Timed out; retrying (attempt ‹d› of 10)",
    "Traceback (most recent call last):\n  File \"/app/main.py\", line ‹n›, in <module>\n    run()\nKeyError: 'user_‹d›'",
    "java.lang.NullPointerException: Cannot invoke \"String.length()\" because \"s\" is null\n\tat com.example.Shop.main(Shop.java:‹n›)",
    "PHP Warning: Undefined variable $total in /var/www/shop/cart.php on line ‹n›",
    "Mar ‹d› 10:15:42 db-‹d› postgres[‹n›]: ERROR: duplicate key value violates unique constraint \"users_email_key\"",
    "C:\\Users\\‹first›> dir /s /b *.log",
    "PS C:\\Projects\\shop> Get-ChildItem -Recurse | Measure-Object",
    "[‹n›.123456] usb 1-‹d›: new high-speed USB device number ‹d› using xhci_hcd",
    "level=warn ts=2026-03-01T10:15:42Z caller=main.go:‹n› msg=\"slow query\" duration=‹d›.2s query=\"SELECT count(*) FROM orders\"",
    "make: *** [Makefile:‹n›: all] Error ‹d›",
    "+ docker build -t shop:‹hex› .\n#‹d› [internal] load build definition from Dockerfile",
    "E/AndroidRuntime(‹n›): FATAL EXCEPTION: main; Process: com.example.shop, PID: ‹n›",
    "fatal: not a git repository (or any of the parent directories): .git",
];
/// What people write to each other about programs.
const TICKETS: &[&str] = &[
    "{code:java}\nif (user != null && user.getName().equals(\"‹first›\")) {\n    return true;\n}\n{code}\nThis isn't right, is it?",
    "h2. Steps\n# Open *Settings*\n# Click \"Don't save\"\n# The app crashes -- every time!",
    "As a user I'd like to filter by 'Status' and/or 'Owner' so that I don't see everyone's tickets.",
    "@‹first› can you review? It's `SELECT` vs `select` again; linter says \"prefer upper case\".",
    "Blocked by SHOP-‹n›; the query's `where` clause is missing an index. See EXPLAIN output below.",
    "Works for me on macOS, doesn't work on Windows 11 (error 0x8007‹hex›).",
    "Reverts \"Drop table prefix from fixtures\" (#‹n›), because the tests didn't pass",
    "fix(api): don't union the types twice; closes #‹n›\n\nSigned-off-by: ‹first› ‹last› <‹email›>",
    "> On Mon, ‹first› wrote:\n> Could we order by date or by name?\n\nEither's fine -- but not both.",
    "- [ ] update docs\n- [x] don't log passwords\n- [ ] insert missing `NOT NULL`",
    "The regex `^[\\w.-]+@[\\w.-]+\\.\\w+$` doesn't match \"‹first›+news@example.com\"; should it?",
    "I'd rather have 2 or 3 small PRs; what's your take, ‹first›?",
    "Repro: set A=1 and B='x', then call save(); expected 1 = 1, got 1 = 2.",
    "LGTM! One nit: `||` should be `??` so that 0 isn't replaced.",
];
/// Documentation with commands and addresses in it.
const DOCS: &[&str] = &[
    "curl -X POST https://api.example.com/v1/items -H 'Content-Type: application/json' -d '{\"name\":\"‹noun›\"}'",
    "curl -u user:pass \"https://example.com/api?from=2026-01-01&to=2026-02-01\" | jq '.items[] | .id'",
    "wget -qO- https://example.com/releases/latest.tar.gz | tar xz",
    "Run `pip install shop==‹d›.‹d›.0` and then `python -m shop --help`.",
    "To build it:\n\n```sh\ngit clone https://github.com/example/shop.git && cd shop\nmake && sudo make install\n```",
    "export PATH=\"$HOME/.local/bin:$PATH\" belongs into ~/.bashrc",
    "ssh -i ~/.ssh/id_ed25519 deploy@192.0.2.‹d› 'uptime; df -h'",
    "ffmpeg -i in.mp4 -vf \"scale=‹n›:-1\" -c:a copy out.mp4",
    "grep -rn \"TODO\" src/ | sort | uniq -c | sort -nr | head",
    "psql -h localhost -U shop -c \"SELECT version();\"",
    "ALTER TABLE users ADD COLUMN nickname text; -- nullable on purpose",
    "rsync -avz --exclude '*.tmp' ./site/ web:/srv/www/",
    "Set `DATABASE_URL=postgres://user:secret@localhost:5432/shop` in `.env`.",
    "openssl req -x509 -newkey rsa:4096 -nodes -out cert.pem -keyout key.pem -days 365",
    "aws s3 cp s3://bucket-‹d›/report.csv - | cut -d, -f1,3",
    "kubectl exec -it web-‹d› -- /bin/sh",
];
/// Languages for formulas, pages and looks.
const MARKUP: &[&str] = &[
    "\\begin{align}\n f(x) &= \\int_0^{‹d›} x^2 \\, dx \\\\\n &= \\left[ \\frac{x^3}{3} \\right]_0^{‹d›}\n\\end{align}",
    "$\\forall x \\in \\mathbb{R}: x^2 \\geq 0$ and $a \\lor b \\iff \\lnot(\\lnot a \\land \\lnot b)$",
    "\\usepackage[utf8]{inputenc} \\title{‹noun›} \\author{‹first› ‹last›}",
    "<p style=\"text-align: center;\"><strong>‹noun›</strong> &ndash; it&#39;s back!</p>",
    "<div class=\"wp-block-columns\"><!-- wp:paragraph --><p>Don't miss it</p><!-- /wp:paragraph --></div>",
    "<ul><li>Tom &amp; Jerry</li><li>a &lt; b</li></ul><hr /><blockquote>\"‹noun›\"</blockquote>",
    "<table border=\"1\" cellpadding=\"4\"><tbody><tr><td>1</td><td>‹n›</td></tr></tbody></table>",
    ".card:hover > .title::after { content: '\\201C'; transform: translate(-50%, ‹d›px); }",
    "@media (max-width: ‹n›px) { .grid { display: grid; grid-template-columns: repeat(‹d›, 1fr); } }",
    "<figure><img src=\"https://example.com/a-‹n›.webp\" alt=\"The dog's ball\" loading=\"lazy\"><figcaption>Fig. ‹d›</figcaption></figure>",
    "<a href=\"https://example.com/?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener\">read on</a>",
    "<svg width=\"24\" height=\"24\" viewBox=\"0 0 24 24\"><path d=\"M12 2L2 7l10 5 10-5-10-5z\"/></svg>",
    "<video controls poster=\"p.jpg\"><source src=\"movie-‹d›.mp4\" type=\"video/mp4\"></video>",
    "{{#if items}}{{#each items}}<b>{{name}}</b>{{/each}}{{else}}none{{/if}}",
    "{% for p in products %}{{ p.title | escape }} - {{ p.price | money }}{% endfor %}",
    ":root { --accent: #‹hex›; } a { color: var(--accent) }",
];
/// Patterns and languages that ask for parts of documents.
const PATTERNS: &[&str] = &[
    "^(?:\\+\\d{1,3}[ -]?)?\\(?\\d{2,4}\\)?[ -]?\\d{3,}$",
    "(?i)\\b(colou?r|gr[ae]y)\\b",
    "^(?=.*[A-Z])(?=.*\\d)[^\\s'\"]{8,}$",
    ".items[] | select(.price > ‹d› and .name != \"‹noun›\") | {id, name}",
    "$..book[?(@.price<‹d› && @.category=='fiction')].title",
    "map(select(.tags | index(\"new\"))) | length",
    "//div[@class='price' and not(contains(., 'sold'))]/text()",
    "{\"query\":{\"query_string\":{\"query\":\"(title:‹noun1› OR body:\\\"‹noun1›\\\") AND NOT status:closed\"}}}",
    "{\"size\":‹d›,\"query\":{\"bool\":{\"should\":[{\"wildcard\":{\"name\":\"*‹noun1›*\"}}],\"minimum_should_match\":1}}}",
    "{\"script\":{\"source\":\"ctx._source.count += params.n\",\"lang\":\"painless\",\"params\":{\"n\":‹d›}}}",
    "MATCH (p:Person)-[:KNOWS]->(q) WHERE p.name = '‹first›' RETURN q.name LIMIT ‹d›",
    "from(bucket: \"b\") |> range(start: -1h) |> filter(fn: (r) => r._measurement == \"cpu\")",
    "SELECT ?x WHERE { ?x rdf:type ex:‹noun1› . FILTER (?n > ‹d›) }",
    "status:(open OR pending) -label:wontfix author:\"‹first›\"",
    "s/^\\s*#.*$//g; s/'/\\\"/g",
    "%{IP:client} %{WORD:method} %{URIPATHPARAM:request}",
];
/// What machines hand on.
const TOKENS: &[&str] = &[
    "eyJhbGciOiJSUzI1NiJ9.‹base64›.‹base64›",
    "PHNhbWxwOlJlc3BvbnNlIHhtbG5zOnNhbWxwPSJ1cm46b2FzaXM6‹base64›",
    "<saml:Assertion ID=\"_‹hex›\" Version=\"2.0\"><saml:Issuer>https://idp.example.com</saml:Issuer></saml:Assertion>",
    "https://login.example.com/authorize?client_id=‹hex›&redirect_uri=https%3A%2F%2Fshop.example.com%2Fcb&scope=openid%20profile",
    "-----BEGIN CERTIFICATE-----\n‹base64›\n‹base64›\n-----END CERTIFICATE-----",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5‹base64› ‹first›@laptop",
    "data:image/png;base64,iVBORw0KGgo‹base64›==",
    "v=0\r\no=- ‹n› 2 IN IP4 192.0.2.1\r\ns=-\r\nm=audio ‹n› RTP/AVP 0",
    "BEGIN:VEVENT\nSUMMARY:‹first›'s party\nDTSTART:20260301T‹d›00000Z\nEND:VEVENT",
    "a:2:{s:2:\"id\";i:‹n›;s:4:\"name\";s:5:\"Alice\";}",
    "id;name;price\n‹n›;\"‹noun›\";9,99\n‹n›;\"Kids' ‹noun›\";19,99",
    "{\"@context\":\"https://schema.org\",\"@type\":\"Product\",\"name\":\"‹noun›\",\"offers\":{\"price\":\"‹n›\"}}",
];
/// Texts of people, with apostrophes, dashes and signs where programs have others.
const PEOPLE: &[&str] = &[
    "‹first› ‹last› -- that's me; or ‹first›'s sister?",
    "L'été c'est l'heure d'aller à la mer ; n'est-ce pas ?",
    "Qu'est-ce qu'il y a d'autre -- s'il te plaît",
    "Dell'acqua e l'olio: 1/2 litro -- un po' di più",
    "'t Is weer zo'n dag; 's avonds of 's morgens?",
    "Rock 'n' roll 'til 4 or 5 o'clock!",
    "Room for 2 or 3? We're 2 adults & 1 child -- don't need a cot",
    "5'11\" and 180 lbs; she's 5'4\"",
    "1/2 cup sugar; 2-3 eggs; salt & pepper (or not)",
    "\"Yes\" and \"no\" aren't the same -- or are they?",
    "I <3 it!!! 10/10 -- would buy again :-)",
    "Q: Is 1+1=2? A: It's 2, and 2>1 or I'm a fool; right?",
    "It's 50% off today & tomorrow; use code ‹hex› at checkout",
    "Mon–Fri 9–5; Sat 10–2 (closed on holidays)",
    "Can't log in with user 'admin' or 'root'; it says \"wrong password\"",
    "Lasciate ogni speranza, voi ch'entrate; e' vero",
    "Ma'am, where's the union office? Select the 2nd door from the left.",
    "Don't drop the table! Insert the legs first, then update your notes.",
    "Price: 1,000.00 -- 2,000.00 EUR (incl. VAT) or =1000*1.19",
    "Seán O'Casey's 'The Plough and the Stars' (1926)",
];

const GROUPS: [&[&str]; 7] = [LOGS, TICKETS, DOCS, MARKUP, PATTERNS, TOKENS, PEOPLE];

/// One of the half that was read.
pub(super) fn read(random: &mut Random) -> Wire {
    one(random, 0)
}

/// One of the half that was never read.
pub(super) fn held_out(random: &mut Random) -> Wire {
    one(random, 1)
}

/// One or two of a kind, of one half.
fn one(random: &mut Random, half: usize) -> Wire {
    let group = GROUPS[random.below(GROUPS.len())];
    let count = random.between(1, 2);
    let texts: Vec<String> = (0..count)
        .map(|_| {
            let place = random.below(group.len() / 2) * 2 + half;
            expand(random, group[place], COMMON)
        })
        .collect();
    prose::send(random, &texts.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_two_halves_of_the_same_size() {
        assert!(GROUPS.iter().all(|group| group.len() % 2 == 0));
    }
}
