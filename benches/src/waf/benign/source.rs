//! Source code in many languages, as it is pasted, reviewed, linted and stored.

use super::words::COMMON;
use crate::waf::encode::form;
use crate::waf::grammar::{Rules, expand};
use crate::waf::random::Random;
use crate::waf::wire::Wire;

const LINES: &[(&str, &[&str])] = &[
    (
        "python",
        &[
            "import os, sys",
            "from ..utils import ‹id›",
            "def ‹id›(self, x=None, *args, **kwargs):\n    return [y for y in x if y is not None and y > ‹d›]",
            "with open(path, 'r') as f:\n    data = f.read()",
            "if ‹id› == 'a' or ‹id› == \"b\":\n    raise ValueError(f\"bad {‹id›!r}\")",
            "cursor.execute(\"SELECT id, name FROM users WHERE email = %s AND active = 1\", (email,))",
            "result = subprocess.run(['git', 'status'], check=True)",
            "time.sleep(‹d›)",
            "print('It\\'s ‹id›')",
            "assert ‹id›(1) == 2, 'wrong'",
            "os.path.join('..', '..', 'data', '‹id›.json')",
            "x = {'a': 1, \"b\": [1, 2, 3]}; y = x['a'] + 1",
            "@app.route('/‹id›/<int:id>', methods=['POST'])",
            "session.query(User).filter(User.id == ‹d›, User.name.like('%x%')).order_by(User.id)",
            "except (KeyError, IndexError) as e:  # don't care",
            "lambda a, b: a or b",
            "logger.info(\"done: %s\", ‹id›)",
        ],
    ),
    (
        "javascript",
        &[
            "import { ‹id› } from '../../components/‹id›';",
            "import x from '../../../lib/x.js';",
            "const ‹id› = async (req, res) => {\n  const { id } = req.params;\n  res.json({ ok: true });\n};",
            "document.getElementById('‹id›').addEventListener('click', () => alert('Saved!'));",
            "window.onload = function () { init(); };",
            "if (a < b && c > d || e === 'f') { return `${a}-${b}`; }",
            "const url = `${base}/users/${encodeURIComponent(id)}?x=1`;",
            "let s = 'it\\'s' + \" a \" + name + '\\n';",
            "fetch('/api/‹id›', { method: 'POST', body: JSON.stringify(data) }).then(r => r.json());",
            "for (let i = 0; i < items.length; i++) { sum += items[i].price; }",
            "export default class ‹id› extends React.Component {}",
            "setTimeout(() => setOpen(false), ‹n›);",
            "const re = /^[a-z]+('[a-z]+)?$/i; re.test(x);",
            "module.exports = { ‹id›, y: require('../../y') };",
            "localStorage.setItem('theme', 'dark');",
            "$('#‹id›').on('click', function (e) { e.preventDefault(); });",
            "process.env.NODE_ENV === 'production' ? 1 : 0;",
            "await db.query('SELECT * FROM items WHERE owner = $1 ORDER BY id LIMIT 10', [owner]);",
            "element.innerHTML = '';",
            "el.style.color = 'red'; el.onclick = handler;",
        ],
    ),
    (
        "jsx",
        &[
            "<button className=\"btn\" onClick={() => setOpen(true)}>Open</button>",
            "<input value={name} onChange={e => setName(e.target.value)} />",
            "<Link to={`/users/${user.id}`}>{user.name}</Link>",
            "{items.map(item => <li key={item.id}>{item.title}</li>)}",
            "<div style={{ color: 'red', padding: 4 }}>{count > 0 && <Badge n={count} />}</div>",
            "<form onSubmit={handleSubmit}>\n  <label>Name</label>\n</form>",
            "export function ‹id›({ a, b }: Props): JSX.Element {\n  return <><Header /><Main a={a} /></>;\n}",
            "const [state, setState] = useState<string | null>(null);",
            "<svg viewBox=\"0 0 24 24\" fill=\"none\"><path d=\"M5 12h14\" /></svg>",
        ],
    ),
    (
        "rust",
        &[
            "fn ‹id›<'a>(input: &'a str) -> Result<Vec<&'a str>, Error> {\n    Ok(input.split(',').collect())\n}",
            "let ‹id› = map.get(&key).unwrap_or(&0) + 1;",
            "match x { Some(v) if v > ‹d› => v, _ => 0 }",
            "impl<T: Clone> From<T> for Wrapper<T> {}",
            "use super::super::‹id›;",
            "println!(\"{}: {}\", a, b);",
            "if a < b || c >= d && !e { return; }",
            "let c = 'x'; let s = \"it's\";",
            "#[derive(Debug, Clone)]\nstruct ‹id› { a: u8 }",
            "let path = \"../../data/‹id›.txt\";",
        ],
    ),
    (
        "go",
        &[
            "func (s *Server) ‹id›(ctx context.Context, id int64) (*User, error) {\n\tif id <= 0 { return nil, errors.New(\"bad id\") }\n\treturn s.db.Find(ctx, id)\n}",
            "rows, err := db.Query(\"SELECT name, age FROM users WHERE age > $1\", age)",
            "for i := 0; i < n; i++ { ch <- i }",
            "if err != nil || x == \"\" { log.Fatal(err) }",
            "fmt.Printf(\"%s = %d\\n\", name, n)",
            "defer resp.Body.Close()",
            "time.Sleep(‹d› * time.Second)",
            "import (\n\t\"fmt\"\n\t\"os/exec\"\n)",
        ],
    ),
    (
        "java",
        &[
            "public class ‹id› extends Base implements Runnable {\n    private final Map<String, List<Integer>> m = new HashMap<>();\n}",
            "int cores = Runtime.getRuntime().availableProcessors();",
            "if (a != null && a.equals(\"x\") || b > ‹d›) { return; }",
            "PreparedStatement ps = c.prepareStatement(\"SELECT id FROM t WHERE a = ? AND b = ?\");",
            "System.out.println(\"Total: \" + total + \"'s\");",
            "@GetMapping(\"/users/{id}\")",
            "Thread.sleep(‹n›);",
            "try { x.run(); } catch (IOException | RuntimeException e) { throw e; }",
            "import java.util.*;",
            "String s = list.stream().filter(x -> x > ‹d›).map(String::valueOf).collect(Collectors.joining(\",\"));",
        ],
    ),
    (
        "c",
        &[
            "#include <stdio.h>\n#include \"../../include/‹id›.h\"",
            "int main(int argc, char **argv) { for (int i = 0; i < argc; ++i) printf(\"%s\\n\", argv[i]); return 0; }",
            "char buf[256]; memset(buf, 0, sizeof(buf));",
            "if ((p = malloc(n)) == NULL || n < 1) exit(1);",
            "x = a ? b : c; y |= 1 << 3; z &= ~0xff;",
            "std::cout << \"x: \" << x << std::endl;",
            "template <typename T> T max(T a, T b) { return a > b ? a : b; }",
            "/* it's a comment; -- really */",
        ],
    ),
    (
        "sql",
        &[
            "CREATE TABLE ‹id› (id serial PRIMARY KEY, name varchar(50) NOT NULL, price decimal(10,2) DEFAULT 0);",
            "SELECT u.id, u.name FROM users u JOIN orders o ON o.user_id = u.id WHERE o.total > ‹n› GROUP BY u.id, u.name ORDER BY u.name;",
            "INSERT INTO ‹id› (name, price) VALUES ('Lamp', 19.99), ('Table', 49.00);",
            "UPDATE ‹id› SET price = price * 1.1 WHERE category = 'x' AND active;",
            "-- the user's orders\nSELECT count(*) FROM orders WHERE status IN ('open', 'paid');",
            "ALTER TABLE ‹id› ADD COLUMN note text;",
            "CREATE INDEX idx_‹id› ON ‹id› (name);",
        ],
    ),
    (
        "shell",
        &[
            "#!/bin/sh\nset -eu",
            "npm ci && npm run build",
            "export PATH=\"$PATH:/opt/tool/bin\"",
            "for f in *.txt; do echo \"$f\"; done",
            "if [ -z \"$1\" ]; then echo 'usage: x FILE' >&2; exit 1; fi",
            "git commit -m \"it's done\" && git push",
            "docker run --rm -p 8080:80 -v \"$PWD\":/app image:latest",
            "cargo test --workspace",
        ],
    ),
    (
        "yaml",
        &[
            "name: build\non: [push, pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci && npm test",
            "image: nginx:1.25\nports:\n  - \"8080:80\"\nenvironment:\n  - A=${A:-b}",
            "FROM node:20\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"index.js\"]",
            "replicas: ‹d›\nselector:\n  matchLabels: {app: ‹id›}",
            "resource \"aws_s3_bucket\" \"‹id›\" {\n  bucket = \"x-${var.env}\"\n}",
        ],
    ),
    (
        "css",
        &[
            ".‹id› > li:not(:last-child)::after { content: '/'; color: #f0‹d›; }",
            "@media (max-width: 600px) { .a { display: none; } }",
            "body { background: url('/img/bg.png') no-repeat; font: 12px/1.5 'Helvetica Neue', sans-serif; }",
            "a[href^='http'] { color: var(--link, blue); }",
        ],
    ),
    (
        "html",
        &[
            "<div class=\"card\"><h2>Title</h2><p>It's here &amp; there.</p><a href=\"/more\">More</a></div>",
            "<ul>\n  <li>One</li>\n  <li>Two</li>\n</ul>",
            "<table><tr><td>1</td><td>2</td></tr></table>",
            "<template><div v-if=\"a > b\" :class=\"{on: x}\" @click=\"go\">{{ item.name }}</div></template>",
            "<label for=\"‹id›\">Name</label><input id=\"‹id›\" type=\"text\" required>",
        ],
    ),
];
const RULES: &Rules<'static> = &[(
    "id",
    &[
        "total",
        "userName",
        "getItem",
        "parse_row",
        "Handler",
        "orderList",
        "x1",
        "config",
        "index",
        "select_all",
        "dropTable",
        "unionFind",
        "exec",
        "evalScore",
        "catList",
        "headNode",
        "echoServer",
    ],
)];

/// A piece of code.
pub(super) fn code(random: &mut Random) -> Wire {
    let (language, lines) = LINES[random.below(LINES.len())];
    let count = random.between(2, 12);
    let all: Vec<String> = (0..count)
        .map(|_| {
            let line = random.pick(lines).to_owned();
            expand(random, &line, RULES)
        })
        .collect();
    let text = all.join("\n");
    match random.below(5) {
        0 | 1 => {
            let document = serde_json::json!({"language": language, "files": [{"name": format!("main.{language}"), "content": text}]});
            Wire::post("/api/snippets", "application/json", document.to_string())
        }
        2 => Wire::post("/paste", "application/x-www-form-urlencoded", format!("lang={language}&code={}", form(&text))),
        3 => {
            let boundary = random.hex(24);
            let body = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"main.{language}\"\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--{boundary}--\r\n"
            );
            Wire::post("/upload", &format!("multipart/form-data; boundary={boundary}"), body)
        }
        _ => {
            let comment = expand(random, "Could you look at this, ‹first›? It doesn't work:", COMMON);
            let document =
                serde_json::json!({"body": format!("{comment}\n```{language}\n{text}\n```\n"), "title": "Help"});
            Wire::post("/api/issues", "application/json", document.to_string())
        }
    }
}
