//! Harmless texts that were written after the rules, close to what attacks look like: an honest look at what is spared.

use super::prose;
use super::words::COMMON;
use crate::waf::grammar::expand;
use crate::waf::random::Random;
use crate::waf::wire::Wire;

const TEXTS: &[&str] = &[
    "SELECT p.name, SUM(i.qty) AS sold FROM products p LEFT JOIN items i ON i.product_id = p.id GROUP BY p.name HAVING SUM(i.qty) > ‹n› ORDER BY sold DESC LIMIT 10;",
    "WITH recent AS (SELECT * FROM orders WHERE created_at > now() - interval '7 days') SELECT count(*) FROM recent;",
    "window.location.href = '/login?next=' + encodeURIComponent(path);",
    "document.querySelectorAll('.item').forEach(el => el.classList.toggle('on'));",
    "const html = `<div class=\"row\">${items.map(i => `<span>${i.name}</span>`).join('')}</div>`;",
    "import numpy as np; x = np.array([1, 2, 3]); print(x.mean(), x[x > 1])",
    "for host in $(cat hosts.txt); do ssh \"$host\" uptime; done",
    "curl -sS https://example.com/install | sh",
    "kubectl get pods -n prod | grep -v Running | awk '{print $1}'",
    "docker compose up -d && docker compose logs -f --tail=100 web",
    "find . -name '*.tmp' -mtime +7 -delete",
    "The file is at /etc/nginx/nginx.conf; edit it and reload.",
    "I ran `cat /var/log/syslog | tail` and saw nothing.",
    "path\\to\\file and C:\\Users\\‹first›\\Documents\\report.docx",
    "<template>\n  <button @click=\"save\" :disabled=\"!ok\">Save</button>\n</template>",
    "<a href=\"mailto:‹email›\">‹first› ‹last›</a> <br/> <img src=\"/img/a.png\" alt=\"It's me\">",
    "<script setup lang=\"ts\">\nconst count = ref(0)\n</script>",
    "func TestX(t *testing.T) { if got := f(1); got != 2 { t.Errorf(\"got %d; want 2\", got) } }",
    "SELECT id FROM t WHERE name = 'O''Brien' OR name IS NULL",
    "if [ \"$A\" = 'b' ] || [ -n \"$C\" ]; then exit 1; fi",
    "print \"Hello, \" . $name . \"!\\n\" if $x == 1 or $y eq 'z';",
    "def index\n  @items = Item.where('price > ? AND active = ?', 10, true).order(:name)\nend",
    "public async Task<IActionResult> Get(int id) => id > 0 ? Ok(await _db.FindAsync(id)) : NotFound();",
    "=VLOOKUP(A2;Sheet2!A:C;3;FALSE)",
    "=IF(AND(A1>0;B1<10);\"ok\";\"no\")",
    "\\frac{a}{b} + \\sqrt{x^2} = \\sum_{i=0}^{n} i",
    "Don't use ' or \" in names; use - or _ instead.",
    "It's 5' 11\" tall; or is it 6'?",
    "He's 'the one' and she's \"the other\"; or not?",
    "\"yes\" or \"no\" = your choice",
    "a = 'x' or b = 'y' and c != 'z'",
    "color: 'red' || 'blue'",
    "'a' || 'b' = 'ab' in SQL",
    "name = \"‹first›\" and (age > ‹d›0 or city in (\"A\", \"B\"))",
    "age between 18 and 30 and name like 'A%'",
    "title ~* '^foo' or title is null",
    "contains(tolower(name),'a') and startswith(code,'x') or price lt 5",
    "((a AND b) OR (c AND NOT d))",
    "user.id == request.auth.uid || 'admin' in user.roles",
    "{ \"size\": 0, \"aggs\": { \"by\": { \"terms\": { \"field\": \"a.keyword\", \"script\": \"doc['x'].value * 2\" } } } }",
    "query($a: Int) { items(filter: \"price > 5 and name != 'x'\", first: $a) { id } }",
    "Select one: (a) union jobs, (b) from home; where do you work?",
    "Drop by the table; insert coin to order.",
    "Having 1 or 2 = fine by me; group by age.",
    "Alert! Sleep (8h) or wait for (delay) - your choice.",
    "R&D; Q&A; B&B | M&A",
    "1) id; 2) name; 3) date | status",
    "Name;Id;Date\n‹first›;‹n›;‹date›",
    "@media print { a { color: #000 !important } }",
    "--verbose -o out.txt --filter='a=b'",
    "ls -la shows all files; rm -rf deletes them.",
    "Please ping me; or curl up with a book & a cat.",
    "${project.version} and ${env.HOME} in pom.xml",
    "{{ user.name | upper }} {% if a > b %}x{% endif %}",
    "<%= link_to 'Home', root_path %>",
    "<?xml version=\"1.0\"?><note><to>‹first›</to><body>Don't forget; it's 5 > 3</body></note>",
    "http://192.168.1.10:8080/admin is my router",
    "see file:///home/me/notes.txt",
    "base64 -d < in > out",
    "eval() is evil; exec() too",
    "système d'exploitation (l'unité)",
    "d'accord ; c'est l'heure d'aller",
    "\u{201e}Er sagte: \u{201a}nein\u{2018}\u{201c} - und/oder ging",
    "5*3=15; 10/2=5; 2^3=8 #math",
    "'; -- is how SQL injection looks",
    "<img onerror> is an attribute",
    "I wrote alert('hi') in my first program",
    "union all the things!",
];

/// One to three of them.
pub(super) fn text(random: &mut Random) -> Wire {
    let count = random.between(1, 3);
    let all: Vec<String> = (0..count)
        .map(|_| {
            let text = random.pick(TEXTS).to_owned();
            expand(random, &text, COMMON)
        })
        .collect();
    prose::send(random, &all.join("\n"))
}
