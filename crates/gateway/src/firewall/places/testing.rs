//! Writes small MaxMind databases, good ones and bad ones, for tests. <https://maxmind.github.io/MaxMind-DB/>

use std::net::IpAddr;

/// A value of a record.
#[derive(Debug, Clone)]
pub enum Value {
    /// A text of at most 284 bytes.
    Text(String),
    /// An unsigned number of 32 bits.
    Number(u32),
    /// Names and values, fewer than 29.
    Map(Vec<(&'static str, Value)>),
    /// Values, fewer than 29.
    List(Vec<Value>),
    /// Bytes as they are to stand in the file.
    Raw(Vec<u8>),
}

/// The type of a value as the format numbers it.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text = 2,
    Short = 5,
    Number = 6,
    Map = 7,
    Long = 9,
    List = 11,
}

/// Where a branch of the search tree leads.
#[derive(Debug, Clone, Copy)]
enum Branch {
    Nowhere,
    Node(usize),
    Record(usize),
}

/// All addresses are of 128 bits: IPv4 stands behind 96 zeros.
const BITS: usize = 128;
/// Between the search tree and the records.
const SEPARATOR: usize = 16;

/// A database of countries; each network has a country's code, or a country's and a region's (`US-WA`).
pub fn countries(networks: &[(&str, &str)]) -> Vec<u8> {
    let record = |place: &str| {
        let (code, region) = place.split_once('-').map_or((place, None), |(code, region)| (code, Some(region)));
        let named = |code: &str| Value::Map(vec![("iso_code", Value::Text(code.to_owned()))]);
        let region = region.map(|region| ("subdivisions", Value::List(vec![named(region)])));
        Value::Map([("country", named(code))].into_iter().chain(region).collect())
    };
    let networks: Vec<_> = networks.iter().map(|(network, place)| (*network, record(place))).collect();
    database("Test-City", 24, &networks)
}

/// A database of autonomous systems; each network has a number.
pub fn networks(networks: &[(&str, u32)]) -> Vec<u8> {
    let record = |number| Value::Map(vec![("autonomous_system_number", Value::Number(number))]);
    let networks: Vec<_> = networks.iter().map(|(network, number)| (*network, record(*number))).collect();
    database("Test-ASN", 24, &networks)
}

/// A database whose tree has records of 24, 28 or 32 bits. Networks are in CIDR notation; a later one takes its part of
/// an earlier one.
pub fn database(kind: &str, record_bits: usize, networks: &[(&str, Value)]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut tree = vec![[Branch::Nowhere; 2]];
    for (network, record) in networks {
        let offset = data.len();
        write(&mut data, record);
        place(&mut tree, network, offset);
    }
    let mut file = Vec::new();
    for [left, right] in &tree {
        let number = |branch: Branch| match branch {
            Branch::Nowhere => tree.len(),
            Branch::Node(node) => node,
            Branch::Record(offset) => tree.len() + SEPARATOR + offset,
        };
        node(&mut file, record_bits, number(*left), number(*right));
    }
    file.extend_from_slice(&[0; SEPARATOR]);
    file.extend(data);
    file.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
    metadata(&mut file, kind, record_bits, tree.len());
    file
}

fn place(tree: &mut Vec<[Branch; 2]>, network: &str, offset: usize) {
    let (address, length) = network.split_once('/').expect("CIDR notation");
    let (bits, before): (u128, usize) = match address.parse().expect("an address") {
        IpAddr::V4(address) => (address.to_bits().into(), BITS - 32),
        IpAddr::V6(address) => (address.to_bits(), 0),
    };
    let length = before + length.parse::<usize>().expect("a length");
    let mut at = 0;
    for depth in 0..length {
        let side = usize::from(bits >> (BITS - 1 - depth) & 1 == 1);
        if depth + 1 == length {
            tree[at][side] = Branch::Record(offset);
            return;
        }
        at = match tree[at][side] {
            Branch::Node(node) => node,
            // What held for all of it holds for both of its halves.
            other @ (Branch::Nowhere | Branch::Record(_)) => {
                tree.push([other; 2]);
                tree[at][side] = Branch::Node(tree.len() - 1);
                tree.len() - 1
            }
        };
    }
}

fn node(file: &mut Vec<u8>, record_bits: usize, left: usize, right: usize) {
    let bytes = |number: usize| u32::try_from(number).expect("a small file").to_be_bytes();
    let (left, right) = (bytes(left), bytes(right));
    match record_bits {
        24 => file.extend_from_slice(&[&left[1..], &right[1..]].concat()),
        28 => {
            file.extend_from_slice(&left[1..]);
            file.push(left[0] << 4 | right[0]);
            file.extend_from_slice(&right[1..]);
        }
        _ => file.extend_from_slice(&[left, right].concat()),
    }
}

fn metadata(file: &mut Vec<u8>, kind: &str, record_bits: usize, nodes: usize) {
    let short = |number: usize| Value::Raw(numbered(Kind::Short, &number.to_be_bytes()[6..]));
    let members = vec![
        ("node_count", Value::Number(u32::try_from(nodes).expect("a small file"))),
        ("record_size", short(record_bits)),
        ("ip_version", short(6)),
        ("database_type", Value::Text(kind.to_owned())),
        ("languages", Value::List(vec![Value::Text("en".to_owned())])),
        ("binary_format_major_version", short(2)),
        ("binary_format_minor_version", short(0)),
        ("build_epoch", Value::Raw(numbered(Kind::Long, &1_767_225_600_u64.to_be_bytes()))),
        ("description", Value::Map(vec![("en", Value::Text("made by a test".to_owned()))])),
    ];
    write(file, &Value::Map(members));
}

fn numbered(kind: Kind, bytes: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    head(&mut written, kind, bytes.len());
    written.extend_from_slice(bytes);
    written
}

fn write(into: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Text(text) => {
            head(into, Kind::Text, text.len());
            into.extend_from_slice(text.as_bytes());
        }
        Value::Number(number) => into.extend(numbered(Kind::Number, &number.to_be_bytes())),
        Value::Map(members) => {
            head(into, Kind::Map, members.len());
            for (name, value) in members {
                write(into, &Value::Text((*name).to_owned()));
                write(into, value);
            }
        }
        Value::List(values) => {
            head(into, Kind::List, values.len());
            for value in values {
                write(into, value);
            }
        }
        Value::Raw(bytes) => into.extend_from_slice(bytes),
    }
}

/// Three bits of type and five of size; types from 8 on stand in a byte of their own, and so do sizes from 29 on.
fn head(into: &mut Vec<u8>, kind: Kind, size: usize) {
    let small = |number: usize| u8::try_from(number).expect("a small value");
    let (own, extended) = if (kind as u8) < 8 { (kind as u8, None) } else { (0, Some(kind as u8 - 7)) };
    let (size, more) = if size < 29 { (small(size), None) } else { (29, Some(small(size - 29))) };
    into.push(own << 5 | size);
    into.extend(extended);
    into.extend(more);
}
