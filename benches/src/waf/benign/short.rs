//! Short values: what fields, filters, settings and search boxes hold by themselves, developers' tools among them. Written before
//! the rules that judge whole values.

use serde_json::{Map, Value};

use super::words::COMMON;
use crate::waf::encode::form as encode;
use crate::waf::grammar::expand;
use crate::waf::random::Random;
use crate::waf::wire::Wire;

/// Names that a field may have, and its values, parted by `¦`.
type Field = (&'static [&'static str], &'static str);

/// What people search shops, sites and companies for.
const SEARCHES: &str = "‹noun1› ¦ ‹noun1› ‹noun1› ¦ iphone 15 case ¦ echo dot ¦ cat food ¦ nice shoes ¦ more ¦ head lamp ¦ tail light ¦ \
    sort ¦ find my order ¦ man's watch ¦ ping pong ¦ top 10 ¦ java coffee ¦ ruby ring ¦ perl necklace ¦ python ¦ \
    bash ¦ c++ ¦ sh ¦ node ¦ php developer ¦ sql ¦ oracle ¦ mysql ¦ master ¦ kill bill ¦ who ¦ time ¦ watch ¦ \
    date ¦ less ¦ env ¦ screen ¦ select ¦ union ¦ script ¦ system ¦ java ¦ javascript ¦ engine ¦ sleep ¦ yes ¦ \
    split ac ¦ make up ¦ touch screen ¦ at&t ¦ nc-17 ¦ ps5 ¦ cp ¦ ip camera ¦ host ¦ id ¦ ss lazio ¦ \
    mount everest ¦ wget ¦ curl iron ¦ vim";
/// What developers search documentation, issues and code for.
const DEVELOPERS: &str = "document.cookie ¦ Array.prototype.map ¦ how to use fetch ¦ addEventListener ¦ window.open ¦ console.log ¦ \
    Promise.all ¦ java.util.List ¦ NullPointerException ¦ java.lang.String ¦ ClassNotFoundException ¦ \
    spring boot starter ¦ hashmap ¦ std::vector ¦ println! ¦ useEffect ¦ git rebase ¦ git push --force ¦ \
    docker compose up ¦ npm install react ¦ pip install ¦ apt-get update ¦ chmod 755 ¦ grep recursive ¦ \
    systemctl restart nginx ¦ kubectl get pods ¦ ssh-keygen ¦ tar gz ¦ cron ¦ memory_limit ¦ upload_max_filesize ¦ \
    array_map ¦ str_replace ¦ json_encode ¦ mysqli_query ¦ preg_match ¦ laravel env ¦ group by ¦ left join ¦ \
    information_schema ¦ count(*) ¦ inner join vs outer join ¦ postgres jsonb ¦ varchar(255) ¦ window functions ¦ \
    row_number() ¦ nextval ¦ current_timestamp ¦ concat ¦ substring ¦ powershell ¦ Get-Process ¦ robocopy ¦ \
    module.exports ¦ require is not defined ¦ process.env ¦ async await ¦ lambda ¦ regex ¦ JSON.parse ¦ innerHTML ¦ \
    onclick ¦ 404 ¦ CORS ¦ __init__ ¦ __name__ ¦ self ¦ import os ¦ f-string ¦ TypeError ¦ segfault ¦ prototype ¦ \
    constructor";
const TAGS: &str = "php ¦ node.js ¦ java ¦ bash ¦ python3 ¦ c# ¦ sql ¦ mysql ¦ oracle ¦ linux ¦ windows ¦ security ¦ devops ¦ cat ¦ \
    dog ¦ new ¦ sale ¦ summer ¦ v1.‹d› ¦ bug ¦ feature ¦ good first issue ¦ wontfix ¦ help wanted ¦ docker ¦ \
    nginx ¦ apache ¦ aws ¦ kids ¦ men's ¦ home & garden ¦ a/b ¦ r&d ¦ t-shirt ¦ xss ¦ sqli ¦ ssrf ¦ log4j ¦ perl ¦ \
    ruby ¦ awk ¦ sed ¦ curl";
const FILES: &str = "report.pdf ¦ photo_‹n›.jpg ¦ invoice-‹n›.pdf ¦ package.json ¦ README.md ¦ .gitignore ¦ index.php ¦ main.java ¦ \
    App.tsx ¦ style.css ¦ data.csv ¦ backup.zip ¦ notes.txt ¦ Makefile ¦ config.yml ¦ docker-compose.yml ¦ \
    script.sh ¦ setup.exe ¦ src/main.rs ¦ docs/guide.md ¦ images/logo.png ¦ ../assets/logo.svg ¦ ./index.js ¦ \
    C:\\Users\\‹first›\\Desktop\\a.docx ¦ /var/www/html ¦ ~/‹user›/projects ¦ /uploads/2024/a.png ¦ \
    ~/Documents ¦ favicon.ico ¦ lang/en.json ¦ server.log ¦ Dockerfile ¦ .env.example ¦ .eslintrc ¦ tsconfig.json ¦ \
    cv ‹last›.docx ¦ IMG_‹n›.HEIC ¦ /tmp ¦ /data ¦ C:\\Temp";
const PEOPLE: &str = "‹first› ¦ ‹last› ¦ ‹first› ‹last› ¦ ‹user› ¦ admin ¦ root ¦ guest ¦ test ¦ Cat ¦ Joe Null ¦ O'Neil ¦ d'Arc ¦ \
    Al Sort ¦ Van der Berg ¦ ‹email› ¦ null ¦ Max Power ¦ Sh. Khan ¦ Ping Li ¦ Nice ¦ Sort & Sons ¦ Dr. Who ¦ \
    Wm. Less";
const CHOICES: &str = "on ¦ off ¦ true ¦ false ¦ yes ¦ no ¦ 1 ¦ 0 ¦ ‹n› ¦ ‹d› ¦ asc ¦ desc ¦ name asc ¦ -created_at ¦ price:desc ¦ \
    all ¦ none ¦ any ¦ null ¦ undefined ¦ en ¦ de-DE ¦ EUR ¦ US ¦ open ¦ closed ¦ in_progress ¦ active ¦ draft ¦ \
    public ¦ private ¦ default ¦ auto ¦ light ¦ dark ¦ small ¦ xl ¦ #ff00‹d›0 ¦ rgb(1,2,3) ¦ 12px ¦ 100% ¦ \
    2024-0‹d›-1‹d› ¦ 12:30 ¦ 10..20 ¦ 1,2,3 ¦ ‹uuid› ¦ ‹hex› ¦ A-‹n› ¦ SKU‹n› ¦ +1 ¦ -1 ¦ 3.14 ¦ 1e5 ¦ GET ¦ POST ¦ \
    json ¦ xml ¦ html ¦ text/html ¦ application/json ¦ utf-8 ¦ latin1 ¦ Europe/Berlin ¦ GMT+2 ¦ v2 ¦ latest ¦ \
    main ¦ master ¦ stable ¦ beta ¦ prod ¦ staging ¦ eu-west-1 ¦ *";
const SETTINGS: &str = "memory_limit=128M ¦ upload_max_filesize=64M ¦ post_max_size=64M ¦ max_execution_time=300 ¦ display_errors=Off ¦ \
    date.timezone=Europe/Berlin ¦ log_level=debug ¦ timeout=30 ¦ engine=InnoDB ¦ charset=utf8mb4 ¦ \
    max_connections=200 ¦ JAVA_OPTS=-Xmx512m ¦ NODE_ENV=production ¦ DEBUG=false ¦ PATH=/usr/local/bin ¦ \
    PORT=8080 ¦ spring.profiles.active=prod ¦ server.port=8443 ¦ shared_buffers=256MB ¦ worker_processes=auto ¦ \
    keepalive_timeout 65 ¦ smtp.example.com ¦ localhost ¦ localhost:3000 ¦ db.internal:5432 ¦ 192.168.0.‹d› ¦ \
    10.0.0.0/8 ¦ ::1 ¦ https://hooks.example.com/‹hex› ¦ nobody ¦ www-data ¦ mysql ¦ postgres ¦ public ¦ \
    utf8mb4_general_ci ¦ smtp ¦ 587 ¦ /bin/bash ¦ /bin/sh ¦ Administrators ¦ session.gc_maxlifetime";
const JOBS: &str = "0 4 * * * ¦ */5 * * * * ¦ npm run build ¦ npm test ¦ make ¦ make test ¦ cargo test --all ¦ \
    python manage.py migrate ¦ php artisan schedule:run ¦ bundle exec rake ¦ mvn clean package ¦ ./gradlew build ¦ \
    docker build . ¦ yarn ¦ pytest -q ¦ go test ./... ¦ node server.js ¦ echo done ¦ ls ¦ sleep 10 ¦ \
    bash deploy.sh ¦ ./run.sh ¦ composer install ¦ terraform plan ¦ git pull ¦ java -jar app.jar ¦ \
    rake db:migrate ¦ dotnet build ¦ helm upgrade ¦ ansible-playbook site.yml ¦ tsc -p .";
const CLASSES: &str = "com.example.shop.OrderService ¦ org.springframework.boot ¦ java.util ¦ java.util.UUID ¦ java.lang.String ¦ \
    javax.persistence ¦ io.netty.handler ¦ org.apache.commons ¦ com.google.gson.Gson ¦ System.Collections.Generic ¦ \
    Microsoft.AspNetCore.Mvc ¦ App\\Models\\User ¦ Illuminate\\Support\\Str ¦ django.contrib.auth ¦ os.path ¦ \
    numpy.ndarray ¦ net/http ¦ serde_json ¦ @angular/core ¦ @types/node ¦ lodash ¦ react-dom ¦ left-pad ¦ \
    commons-io ¦ spring-core ¦ log4j-core ¦ jackson-databind";
const COLUMNS: &str = "id ¦ name ¦ user_id ¦ created_at ¦ count(*) ¦ sum(price) ¦ avg(rating) ¦ max(id) ¦ lower(email) ¦ \
    date(created_at) ¦ concat(first, last) ¦ name asc ¦ price desc ¦ users.name ¦ public.orders ¦ t.* ¦ \
    id,name,email ¦ status eq open ¦ price gt 10 ¦ name like A% ¦ age >= 18 ¦ city = Berlin ¦ is null ¦ not in ¦ \
    between ¦ tags contains new ¦ table_name ¦ password ¦ username ¦ version ¦ user ¦ database ¦ schema ¦ length ¦ \
    char ¦ varchar(50) ¦ int(11) ¦ timestamp ¦ now() ¦ year(birthday) ¦ coalesce(a, b) ¦ round(x, 2) ¦ distinct ¦ \
    row_number ¦ uuid() ¦ nextval('orders_id_seq') ¦ left ¦ ascii";
const SNIPPETS: &str = "Hello {{first_name}} ¦ {{ order.id }} ¦ ${name} ¦ #{count} ¦ <%= title %> ¦ {{user.email}}, thanks! ¦ \
    [first_name] ¦ %s items ¦ {0} of {1} ¦ :id ¦ function() { ¦ () => {} ¦ x => x + 1 ¦ return true; ¦ \
    if (a > b) { ¦ const a = 1; ¦ let x ¦ print(\"hi\") ¦ console.log(x) ¦ alert ¦ echo $name; ¦ $total ¦ \
    $user->name ¦ @media ¦ SELECT 1 ¦ [a-z]+ ¦ ^\\d+$ ¦ // ¦ /* ¦ <b> ¦ <br> ¦ <p>Hi</p> ¦ a && b ¦ =SUM(A1:A9) ¦ \
    =A1*2 ¦ 5 > 3 ¦ {\"a\":1} ¦ [] ¦ {} ¦ - item ¦ # Title ¦ **bold** ¦ &nbsp;";
const ADDRESSES: &str = "‹street› ¦ ‹city› ¦ ‹company› ¦ ‹phone› ¦ ‹url› ¦ https://example.com ¦ example.com ¦ www.example.org/a?b=c ¦ \
    +49 30 1234‹n› ¦ //cdn.example.com/a.js ¦ mailto:‹email› ¦ tel:+15550100 ¦ ftp.example.com ¦ \
    sip:‹user›@example.com ¦ 10115 ¦ SW1A 1AA";
const EVENTS: &str = "click ¦ page_view ¦ onclick ¦ load ¦ submit ¦ purchase ¦ add_to_cart ¦ error ¦ window.onerror ¦ button#buy ¦ \
    div.card > a ¦ cta-‹d› ¦ scroll_50 ¦ login ¦ signup ¦ GA1.2.‹n› ¦ video.play ¦ exec ¦ run ¦ eval ¦ import ¦ \
    export ¦ print ¦ delete ¦ insert ¦ update ¦ create ¦ drop ¦ copy ¦ move ¦ download ¦ upload ¦ search ¦ list ¦ \
    get ¦ set ¦ view ¦ open ¦ read ¦ ls";

const FIELDS: [Field; 14] = [
    (&["q", "search", "query", "s", "keyword"], SEARCHES),
    (&["q", "search", "term"], SEARCHES),
    (&["q", "query", "topic", "symbol"], DEVELOPERS),
    (&["tag", "tags[]", "label", "topic", "filter[tag]"], TAGS),
    (&["file", "filename", "path", "attachment", "folder"], FILES),
    (&["name", "username", "owner", "author", "user[name]", "to"], PEOPLE),
    (
        &[
            "status",
            "sort",
            "lang",
            "currency",
            "type",
            "format",
            "page",
            "ref",
            "color",
            "size",
            "filter[status]",
            "options.mode",
        ],
        CHOICES,
    ),
    (&["value", "setting", "config", "env", "host", "option[value]"], SETTINGS),
    (&["command", "schedule", "script", "job", "steps[0].run"], JOBS),
    (&["package", "class", "import", "dependency", "namespace"], CLASSES),
    (&["columns", "fields", "select", "order_by", "filter", "where", "group", "having"], COLUMNS),
    (&["template", "snippet", "text", "body", "format", "expr"], SNIPPETS),
    (&["address", "city", "website", "phone", "company", "url"], ADDRESSES),
    (&["event", "action", "cmd", "op", "category", "selector", "exec", "function"], EVENTS),
];

/// One to four fields as a query, as a form, or as JSON.
pub(super) fn values(random: &mut Random) -> Wire {
    let count = random.between(1, 4);
    let fields: Vec<(&str, String)> = (0..count)
        .map(|_| {
            let (names, values) = FIELDS[random.below(FIELDS.len())];
            let values: Vec<&str> = values.split('¦').map(str::trim).collect();
            let template = random.pick(&values).to_owned();
            (random.pick(names), expand(random, &template, COMMON))
        })
        .collect();
    match random.below(5) {
        0 | 1 => Wire::get("/items", &pairs(&fields)),
        2 => Wire::post("/items", "application/x-www-form-urlencoded", pairs(&fields)),
        3 => {
            let members: Map<String, Value> =
                fields.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
            Wire::post("/api/items", "application/json", Value::Object(members).to_string())
        }
        _ => {
            let values: Vec<String> = fields.into_iter().map(|(_, value)| value).collect();
            let document = serde_json::json!({"id": random.below(9999), "values": values, "draft": false});
            Wire::post("/api/items", "application/json", document.to_string())
        }
    }
}

fn pairs(fields: &[(&str, String)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}
