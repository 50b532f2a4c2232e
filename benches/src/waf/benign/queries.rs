//! Languages for asking: filters of many kinds, and GraphQL.

use super::words::COMMON;
use crate::waf::encode::form;
use crate::waf::grammar::expand;
use crate::waf::random::Random;
use crate::waf::wire::Wire;

const FILTERS: &[&str] = &[
    "status eq 'open' and price gt ‹n›",
    "name eq 'O''Brien' or contains(title,'‹noun›')",
    "startswith(name,'‹first›') and not (city eq '‹noun›')",
    "price ge ‹d› and price le ‹n› and (type eq 'a' or type eq 'b')",
    "project = \"ABC\" AND status in (\"Open\", \"In Progress\") ORDER BY created DESC",
    "assignee = currentUser() AND resolution is EMPTY",
    "status != Done AND labels = bug OR priority = High",
    "summary ~ \"it's broken\" and created >= -7d",
    "name==‹first›*;age=gt=‹d›0,city=in=(a,b)",
    "title:\"‹noun› ‹noun›\" AND (price:[1 TO ‹n›] OR NOT tag:old)",
    "+‹noun1› -\"‹noun1› ‹noun1›\" type:pdf",
    "repo:a/b is:issue is:open label:\"good first issue\" sort:updated-desc",
    "age > ‹d›0 && country == 'DE' || vip == true",
    "user.role == \"admin\" && doc.owner != user.id",
    "price < ‹n› and stock > 0",
    "category = 'shoes' and (size = ‹d› or size = ‹n›)",
    "first_name = 'Anna' and last_name = 'Smith'",
    "(a = 1 or b = 2) and c <> 3",
    "created_at between '2024-01-01' and '2024-12-31'",
    "name like '%‹noun1›%' and active = true",
    "id in (1,2,3) and deleted is null",
    "tags contains 'new' or tags contains 'sale'",
    "sum(price) / count(id) > ‹d›",
    "[?price > `‹d›`].{name: name, p: price} | [0]",
    "$.store.book[?(@.price < ‹n›)].title",
    "..[?(@.a == 'b')]",
    "rate(http_requests_total{job=\"api\",code=~\"5..\"}[5m]) > 0.‹d›",
    "sum by (host) (irate(cpu{mode!='idle'}[1m])) * 100",
    "fields @timestamp, @message | filter @message like /error/ | sort @timestamp desc | limit 20",
    "source=web | stats count by host | where count > ‹n›",
    "level:error AND NOT service:\"auth\" AND message:*timeout*",
    "attribute_exists(id) AND #s = :open",
    "size(items) > :n OR begins_with(pk, :p)",
    "=IF(A1>‹d›,\"yes\",\"no\")&\"!\"",
    "=SUM(B2:B‹n›)*1.19",
    "x => x.price > ‹d›",
    "item.name.toLowerCase() === 'a' ? 1 : 0",
    "name:asc,price:desc",
    "-created_at,name",
    "and(status.eq.open,or(age.gt.‹d›,vip.is.true))",
    "age=gte.18&name=ilike.*an*",
    "type = 'a' OR type = 'b' AND NOT archived",
];
const DOCUMENTS: &[&str] = &[
    "{\"query\":{\"bool\":{\"must\":[{\"match\":{\"title\":\"‹noun›\"}}],\"filter\":[{\"range\":{\"price\":{\"gte\":‹d›,\"lte\":‹n›}}}],\"must_not\":{\"term\":{\"status\":\"old\"}}}},\"sort\":[{\"date\":\"desc\"}],\"script_fields\":{}}",
    "{\"filter\":{\"price\":{\"$gt\":‹d›,\"$lt\":‹n›},\"status\":{\"$in\":[\"a\",\"b\"]}},\"sort\":{\"_id\":-1}}",
    "{\"where\":{\"and\":[{\"name\":{\"like\":\"%‹noun1›%\"}},{\"or\":[{\"a\":1},{\"b\":2}]}]},\"order\":\"id DESC\",\"limit\":‹n›}",
    "{\"selector\":{\"year\":{\"$gte\":2010},\"$or\":[{\"a\":1},{\"b\":{\"$exists\":true}}]}}",
    "{\"jql\":\"project = ABC AND status = Open ORDER BY rank\",\"fields\":[\"summary\"]}",
    "{\"expression\":\"price * (1 - discount / 100) >= min && !sold\"}",
    "{\"rule\":\"if (temperature > ‹d›0 or humidity < 30) then alert\"}",
];
const GRAPHQL: &[&str] = &[
    "query { user(id: \"‹n›\") { id name posts(first: ‹d›, orderBy: {field: CREATED_AT, direction: DESC}) { edges { node { title } } } } }",
    "query Search($q: String!, $n: Int = 10) { search(query: $q, type: REPOSITORY, first: $n) { nodes { ... on Repository { nameWithOwner stargazers { totalCount } } } pageInfo { hasNextPage endCursor } } }",
    "mutation CreateOrder($input: OrderInput!) { createOrder(input: $input) { order { id total(currency: EUR) } errors { field message } } }",
    "query IntrospectionQuery { __schema { queryType { name } types { ...FullType } directives { name args { ...InputValue } } } } fragment FullType on __Type { kind name fields(includeDeprecated: true) { name } } fragment InputValue on __InputValue { name type { kind } defaultValue }",
    "subscription OnComment($id: ID!) { commentAdded(postId: $id) { id content author { name } } }",
    "{ products(where: {price: {_gt: ‹d›}, _or: [{name: {_ilike: \"%‹noun1›%\"}}, {tags: {_contains: [\"new\"]}}]}, order_by: {price: asc}, limit: ‹d›) { id name price } }",
    "query ($id: ID! @include(if: true)) { node(id: $id) { ... on User { login email @skip(if: false) } } }",
    "mutation { updateUser(id: ‹n›, data: {name: \"O'Brien\", bio: \"It's me; -- hi\"}) { id } }",
    "query { a: item(id: 1) { ...F } b: item(id: 2) { ...F } } fragment F on Item { id, name # the name\n price }",
];

/// A filter in a query or in a document.
pub(super) fn filter(random: &mut Random) -> Wire {
    if random.once_in(4) {
        let template = random.pick(DOCUMENTS).to_owned();
        return Wire::post("/api/search", "application/json", expand(random, &template, COMMON));
    }
    let template = random.pick(FILTERS).to_owned();
    let text = expand(random, &template, COMMON);
    match random.below(3) {
        0 => {
            Wire::post("/api/search", "application/json", serde_json::json!({"filter": text, "limit": 20}).to_string())
        }
        1 => Wire::post("/search", "application/x-www-form-urlencoded", format!("filter={}&page=1", form(&text))),
        _ => {
            let name = random.pick(&["filter", "$filter", "q", "jql", "query", "where", "expr"]);
            Wire::get("/api/items", &format!("{}={}", form(name), form(&text)))
        }
    }
}

/// A question in GraphQL.
pub(super) fn graphql(random: &mut Random) -> Wire {
    let template = random.pick(GRAPHQL).to_owned();
    let text = expand(random, &template, COMMON).replace(" { ", if random.once_in(2) { " {\n  " } else { " { " });
    if random.once_in(5) {
        return Wire::get("/graphql", &format!("query={}", form(&text)));
    }
    let variables = serde_json::json!({"q": expand(random, "‹search›", COMMON), "n": 5, "input": {"note": expand(random, "‹search›", COMMON)}});
    Wire::post(
        "/graphql",
        "application/json",
        serde_json::json!({"query": text, "variables": variables, "operationName": null}).to_string(),
    )
}
