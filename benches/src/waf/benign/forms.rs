//! Forms that people fill in.

use super::words::COMMON;
use crate::waf::encode::form as encode;
use crate::waf::grammar::expand;
use crate::waf::random::Random;
use crate::waf::wire::Wire;

const FIELDS: &[(&str, &str)] = &[
    ("username", "‹user›"),
    ("password", "‹password›"),
    ("email", "‹email›"),
    ("first_name", "‹first›"),
    ("last_name", "‹last›"),
    ("company", "‹company›"),
    ("street", "‹street›"),
    ("city", "‹city›"),
    ("phone", "‹phone›"),
    ("birthday", "‹date›"),
    ("message", "‹search›. Thanks, ‹first› ‹last›"),
    ("subject", "Re: ‹search› (#‹n›)"),
    ("csrf_token", "‹base64›=="),
    ("website", "‹url›"),
    ("card", "4111 1111 1111 ‹n›"),
    ("amount", "‹money›"),
    ("agree", "on"),
    ("country", "Côte d'Ivoire"),
    ("size", "6'2\""),
    ("_method", "patch"),
    ("utf8", "✓"),
    ("user[name]", "‹first› ‹last›"),
    ("items[0][sku]", "A-‹hex›"),
    ("__VIEWSTATE", "/wEPDwUK‹base64›‹base64›"),
    ("g-recaptcha-response", "03AFcWeA‹base64›-‹base64›"),
    ("comment", "I'd say \"yes\" & it's ok; see you -- ‹first›"),
    ("query", "‹search›"),
    ("payload", "{\"text\":\"‹search1›\",\"n\":‹n›}"),
    ("search1", "hello"),
    ("code", "‹n›"),
    ("new_password", "‹password›"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("note", "drop it at the table; select a neighbour or call"),
];

/// A form of several fields.
pub(super) fn form(random: &mut Random) -> Wire {
    let count = random.between(2, 8);
    let fields: Vec<(String, String)> = (0..count)
        .map(|_| {
            let (name, template) = FIELDS[random.below(FIELDS.len())];
            (name.to_owned(), expand(random, &template.replace("‹search1›", "hi"), COMMON))
        })
        .collect();
    send(random, &fields)
}

/// Somebody's name and address.
pub(super) fn person(random: &mut Random) -> Wire {
    let mut field = |name: &str, template: &str| (name.to_owned(), expand(random, template, COMMON));
    let fields = vec![
        field("name", "‹first› ‹last›"),
        field("company", "‹company›"),
        field("street", "‹street›"),
        field("city", "‹city›"),
        field("email", "‹email›"),
        field("phone", "‹phone›"),
    ];
    if random.once_in(3) {
        let query: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        return Wire::get("/people", &query.join("&"));
    }
    send(random, &fields)
}

fn send(random: &mut Random, fields: &[(String, String)]) -> Wire {
    match random.below(4) {
        0 => {
            let members: serde_json::Map<String, serde_json::Value> =
                fields.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
            Wire::post("/api/people", "application/json", serde_json::Value::Object(members).to_string())
        }
        1 => {
            let boundary = format!("----WebKitFormBoundary{}", random.hex(16));
            let part = |(name, value): &(String, String)| {
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            };
            let body: String = fields.iter().map(part).collect();
            Wire::post(
                "/form",
                &format!("multipart/form-data; boundary={boundary}"),
                format!("{body}--{boundary}--\r\n"),
            )
        }
        _ => {
            let pairs: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
            Wire::post("/form", "application/x-www-form-urlencoded", pairs.join("&"))
        }
    }
}
