//! Databases that tests write: what good ones answer, and that bad ones are refused.

use proptest::prelude::*;

use super::testing::{Value, countries, database, networks};
use super::*;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn of_country(code: Value) -> Value {
    Value::Map(vec![("country", Value::Map(vec![("iso_code", code)]))])
}

fn told(places: &Places, address: &str) -> String {
    let address = address.parse().unwrap();
    let country = places.country(address).map_or("-".to_owned(), |found| {
        let code = [&found.code[..], b"/", &found.region].concat();
        String::from_utf8(code).unwrap().trim_end_matches('\0').to_owned()
    });
    format!("{country} {}", places.network(address).map_or("-".to_owned(), |number| number.to_string()))
}

#[test]
fn addresses_are_found_whatever_the_size_of_the_trees_records_is() {
    for bits in [24, 28, 32] {
        let spot = Value::Map(vec![
            ("city", Value::Map(vec![("names", Value::Map(vec![("en", text(&"Somewhere ".repeat(20)))]))])),
            ("country", Value::Map(vec![("iso_code", text("US"))])),
            ("subdivisions", Value::List(vec![Value::Map(vec![("iso_code", text("WA"))])])),
        ]);
        let places = [
            ("192.0.2.0/24", of_country(text("DE"))),
            ("192.0.2.128/25", spot),
            ("2001:db8::/32", of_country(text("FR"))),
        ];
        let record = |number| Value::Map(vec![("autonomous_system_number", Value::Number(number))]);
        let owners = [("192.0.2.0/25", record(64_496)), ("2001:db8:1::/48", record(4_200_000_000))];
        let places = Places {
            countries: Some(Arc::new(Countries::read(database("Test-City", bits, &places)).unwrap())),
            networks: Some(Arc::new(Networks::read(database("Test-ASN", bits, &owners)).unwrap())),
        };
        for (address, expected) in [
            ("192.0.2.1", "DE/ 64496"),
            ("192.0.2.127", "DE/ 64496"),
            ("192.0.2.128", "US/WA -"),
            ("192.0.3.0", "- -"),
            ("192.0.1.255", "- -"),
            ("2001:db8::1", "FR/ -"),
            ("2001:db8:1:2::1", "FR/ 4200000000"),
            ("2001:db9::", "- -"),
        ] {
            assert_eq!(told(&places, address), expected, "{address} in a tree of {bits} bits");
        }
    }
}

#[test]
fn a_database_that_knows_something_else_is_refused() {
    let countries = countries(&[("192.0.2.0/24", "DE")]);
    let networks = networks(&[("192.0.2.0/24", 64_496)]);
    let why = Countries::read(networks.clone()).unwrap_err().to_string();
    assert_eq!(why, "it has a country for no address at all (it is a `Test-ASN`)");
    let why = Networks::read(countries.clone()).unwrap_err().to_string();
    assert_eq!(why, "it has a network's number for no address at all (it is a `Test-City`)");
    let empty = database("Test-City", 24, &[]);
    assert!(matches!(Countries::read(empty), Err(Unusable::OfSomethingElse { .. } | Unusable::Damaged(_))));
    Countries::read(countries).unwrap();
    Networks::read(networks).unwrap();
}

#[test]
fn a_record_with_something_else_in_its_place_spoils_the_database() {
    let good = || ("192.0.2.0/24", of_country(text("DE")));
    let list = Value::Map(vec![("country", Value::List(vec![text("DE")]))]);
    for wrong in [
        of_country(Value::Number(49)),
        of_country(text("DEU")),
        of_country(text("de")),
        of_country(text("")),
        of_country(Value::Map(Vec::new())),
        list,
        text("DE"),
        Value::Number(7),
    ] {
        let database = database("Test-City", 28, &[good(), ("198.51.100.0/24", wrong.clone())]);
        assert!(matches!(Countries::read(database), Err(Unusable::Mistaken { .. })), "{wrong:?}");
    }
    let numbers = |value| Value::Map(vec![("autonomous_system_number", value)]);
    // A number of 64 bits that no network has, and a negative one of 32.
    let long = Value::Raw([&[8, 9 - 7][..], &(1_u64 << 32).to_be_bytes()].concat());
    let negative = Value::Raw([&[4, 8 - 7][..], &(-1_i32).to_be_bytes()].concat());
    for wrong in [text("AS64496"), long, negative] {
        let wrong = [("192.0.2.0/24", numbers(Value::Number(1))), ("198.51.100.0/24", numbers(wrong))];
        assert!(
            matches!(Networks::read(database("Test-ASN", 24, &wrong)), Err(Unusable::Mistaken { .. })),
            "{wrong:?}"
        );
    }
    let short = Value::Raw([&[5 << 5 | 2][..], &64_496_u16.to_be_bytes()].concat());
    Networks::read(database("Test-ASN", 24, &[("192.0.2.0/24", numbers(short))])).unwrap();
}

#[test]
fn records_that_lead_round_in_a_circle_are_refused() {
    // A pointer of two bytes: its kind, then eleven bits of where it points in the records.
    let to = |offset: u8| Value::Raw(vec![1 << 5, offset]);
    let country = |value| Value::Map(vec![("country", value)]);
    for circle in [to(0), country(to(0)), Value::List(vec![to(0)]), country(Value::Map(vec![("iso_code", to(0))]))] {
        let database = database("Test-City", 24, &[("192.0.2.0/24", circle.clone())]);
        assert!(Countries::read(database).is_err(), "{circle:?}");
    }
    // A long way is none: what it leads to is read like anything else.
    let straight = database("Test-City", 24, &[("192.0.2.0/24", text("DE")), ("198.51.100.0/24", of_country(to(0)))]);
    assert!(matches!(Countries::read(straight), Err(Unusable::Mistaken { .. })), "the first record is a mere text");
}

#[test]
fn no_piece_of_a_database_is_one() {
    let whole = countries(&[("192.0.2.0/24", "DE"), ("2001:db8::/32", "US-WA")]);
    for length in 0..whole.len() {
        assert!(Countries::read(whole[..length].to_vec()).is_err(), "{length} of {} bytes", whole.len());
    }
}

#[test]
fn a_tree_that_leads_round_in_a_circle_is_refused() {
    let mut database = countries(&[("192.0.2.0/24", "DE")]);
    // The first node's left branch leads to itself.
    database[..3].fill(0);
    assert!(matches!(Countries::read(database), Err(Unusable::Damaged(_) | Unusable::OfSomethingElse { .. })));
}

proptest! {
    #[test]
    fn damage_is_refused_or_does_no_harm(at in any::<prop::sample::Index>(), byte: u8, address: u32) {
        let mut bytes = countries(&[("192.0.2.0/24", "DE"), ("198.51.100.0/24", "US-WA"), ("2001:db8::/32", "FR")]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(countries) = Countries::read(bytes) {
            let places = Places { countries: Some(Arc::new(countries)), networks: None };
            for address in [IpAddr::from(address.to_be_bytes()), "2001:db8::1".parse().unwrap()] {
                if let Some(found) = places.country(address) {
                    prop_assert!(found.code.iter().all(u8::is_ascii_uppercase));
                }
            }
        }
    }

    #[test]
    fn rubbish_is_no_database(bytes in prop::collection::vec(any::<u8>(), 0..4096), marked: bool) {
        let mut bytes = bytes;
        if marked {
            let middle = bytes.len() / 2;
            bytes.splice(middle..middle, *b"\xab\xcd\xefMaxMind.com");
        }
        prop_assert!(Countries::read(bytes.clone()).is_err());
        prop_assert!(Networks::read(bytes).is_err());
    }
}
