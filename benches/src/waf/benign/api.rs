//! Calls of programs to programs: JSON documents of many shapes.

use serde_json::{Value, json};

use super::words::COMMON;
use crate::waf::grammar::expand;
use crate::waf::random::Random;
use crate::waf::wire::Wire;

/// A call with or without a document.
pub(super) fn call(random: &mut Random) -> Wire {
    let word = |random: &mut Random, template: &str| expand(random, template, COMMON);
    let document = match random.below(12) {
        0 => {
            json!({"id": random.uuid(), "customer": person(random), "items": items(random), "total": word(random, "‹money›"), "currency": "EUR", "notes": word(random, "‹search›")})
        }
        1 => json!({"username": word(random, "‹user›"), "password": word(random, "‹password›"), "remember": true}),
        2 => {
            json!({"grant_type": "refresh_token", "refresh_token": random.base64(120), "client_id": random.hex(20), "scope": "openid profile email"})
        }
        3 => {
            json!({"jsonrpc": "2.0", "id": random.below(99), "method": "eth_call", "params": [{"to": format!("0x{}", random.hex(40)), "data": format!("0x{}", random.hex(72))}, "latest"]})
        }
        4 => {
            json!({"type": "event", "event": "page_view", "properties": {"url": word(random, "‹url›"), "title": word(random, "‹search›"), "referrer": "", "screen": "1920x1080", "ua": "Mozilla/5.0 (X11; Linux x86_64)"}, "timestamp": word(random, "‹date›")})
        }
        5 => {
            json!({"geometry": {"type": "Polygon", "coordinates": [[[30.1, 10.2], [40.5, 40.25], [20.0, 40.0], [30.1, 10.2]]]}, "properties": {"name": word(random, "‹city›"), "wkt": "POLYGON ((30 10, 40 40, 20 40, 10 20, 30 10))"}})
        }
        6 => {
            json!({"model": "text-1", "messages": [{"role": "system", "content": "You are a helpful assistant. Don't answer in code; use plain text."}, {"role": "user", "content": word(random, "Can you explain ‹search›? It's for ‹first›'s class.")}], "temperature": 0.7})
        }
        7 => {
            json!({"data": {"type": "articles", "id": random.below(999).to_string(), "attributes": {"title": word(random, "‹search›"), "slug": word(random, "‹slug›")}, "relationships": {"author": {"data": {"type": "people", "id": "9"}}}}})
        }
        8 => {
            json!([{"op": "replace", "path": "/a/b/c", "value": word(random, "‹search›")}, {"op": "remove", "path": "/items/0"}, {"op": "add", "path": "/tags/-", "value": word(random, "‹noun›")}])
        }
        9 => {
            json!({"schedule": "*/5 * * * *", "pattern": "^[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}$", "glob": "src/**/*.{ts,tsx}", "format": "{0:D4}-{1}", "template": "Hello {{ user.name }}, you owe ${{ amount }}", "color": "rgba(0, 0, 0, 0.5)", "time": word(random, "‹date›")})
        }
        10 => {
            json!({"webhook": word(random, "‹url›"), "headers": {"Accept": "application/json", "X-Key": random.hex(16)}, "events": ["order.created", "order.deleted", "user.select"], "secret": random.base64(43)})
        }
        _ => {
            json!({"address": {"street": word(random, "‹street›"), "city": word(random, "‹city›"), "zip": random.below(99999)}, "contact": person(random), "vat": format!("DE{}", random.below(99999)), "company": word(random, "‹company›"), "measures": ["6'2\"", "30\" x 40\"", "5'"], "ok": null})
        }
    };
    let method = random.pick(&["POST", "POST", "PUT", "PATCH"]);
    let path = word(random, "/api/v1/‹noun1›s/‹n›");
    let mut wire = Wire::post(&path, "application/json", document.to_string());
    method.clone_into(&mut wire.method);
    wire.header("Authorization", &format!("Bearer {}", random.base64(64)));
    if random.once_in(2) {
        wire.header("User-Agent", "okhttp/4.12.0");
        wire.header("Accept", "application/json");
    }
    wire
}

fn person(random: &mut Random) -> Value {
    let mut word = |template: &str| expand(random, template, COMMON);
    json!({"name": word("‹first› ‹last›"), "email": word("‹email›"), "phone": word("‹phone›"), "birth": word("‹date›")})
}

fn items(random: &mut Random) -> Vec<Value> {
    let count = random.between(1, 6);
    (0..count)
        .map(|_| json!({"sku": format!("A-{}", random.hex(4)), "title": expand(random, "‹adjective› ‹noun›", COMMON), "qty": random.between(1, 9), "price": 19.99, "options": {"size": "M/L", "colour": "black & white"}}))
        .collect()
}
