//! What a shape is on the wire: names, locations and formats, as tables the protocols read.
//! <https://smithy.io/2.0/aws/protocols/index.html>

/// The shape of a value.
#[derive(Debug)]
pub enum Schema {
    /// `true` or `false`.
    Boolean,
    /// A 32-bit integer.
    Integer,
    /// A 64-bit integer.
    Long,
    /// A 64-bit float; also AWS's 32-bit ones.
    Double,
    /// Text.
    String,
    /// Text that is one of these.
    Enum(&'static [&'static str]),
    /// Bytes.
    Blob,
    /// A point in time.
    Timestamp(TimestampFormat),
    /// Any JSON.
    Document,
    /// A list.
    List(&'static List),
    /// A map with text keys.
    Map(&'static Map),
    /// Named members.
    Structure(&'static Structure),
    /// A structure that holds itself; the link is set once its target exists.
    Link(&'static std::sync::OnceLock<&'static Schema>),
}

/// How a time is written; `Default` is the protocol's own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    /// Whatever the protocol and location prescribe.
    Default,
    /// `2024-01-02T03:04:05Z`.
    Iso8601,
    /// `Tue, 02 Jan 2024 03:04:05 GMT`.
    Rfc822,
    /// Seconds since 1970, with a fraction where there is one.
    UnixSeconds,
}

/// A list's shape.
#[derive(Debug)]
pub struct List {
    /// What it holds.
    pub item: &'static Schema,
    /// The element's name in XML and query; `member` unless said otherwise.
    pub item_name: Option<&'static str>,
    /// Elements stand where the list would (XML and query).
    pub flattened: bool,
}

/// A map's shape.
#[derive(Debug)]
pub struct Map {
    /// What it holds.
    pub value: &'static Schema,
    /// The key's name in XML and query; `key` unless said otherwise.
    pub key_name: Option<&'static str>,
    /// The value's name in XML and query; `value` unless said otherwise.
    pub value_name: Option<&'static str>,
    /// Entries stand where the map would (XML and query).
    pub flattened: bool,
}

/// A structure's shape.
#[derive(Debug)]
pub struct Structure {
    /// The shape's name in AWS's model.
    pub name: &'static str,
    /// Its members in the model's order.
    pub members: &'static [Member],
    /// The XML namespace of its element, if any.
    pub xml_namespace: Option<&'static str>,
    /// Whether it is an error of the service: its code and HTTP status.
    pub error: Option<(&'static str, u16)>,
}

/// Where a member travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In the body, by its wire name.
    Body,
    /// In the path's `{label}` of its wire name.
    Uri,
    /// In the query string under its wire name; a map without one takes all remaining parameters.
    QueryString,
    /// In the header of its wire name.
    Header,
    /// A map: all headers that begin with its wire name.
    Headers,
    /// The HTTP status code.
    StatusCode,
    /// The member *is* the body.
    Payload,
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name in AWS's model, and in values.
    pub name: &'static str,
    /// Its name on the wire where that differs (`locationName`).
    pub wire_name: Option<&'static str>,
    /// Its shape.
    pub schema: &'static Schema,
    /// Where it travels.
    pub location: Location,
    /// A call without it is refused.
    pub required: bool,
    /// Never shown in logs, trails or audit records.
    pub secret: bool,
    /// An XML attribute rather than an element.
    pub xml_attribute: bool,
}

impl Member {
    /// The name on the wire.
    pub fn wire_name(&self) -> &'static str {
        self.wire_name.unwrap_or(self.name)
    }
}

impl Schema {
    /// What it is called in messages, in AWS's words.
    pub const fn kind(&self) -> &'static str {
        match self {
            Schema::Boolean => "boolean",
            Schema::Integer => "integer",
            Schema::Long => "long",
            Schema::Double => "double",
            Schema::String | Schema::Enum(_) => "string",
            Schema::Blob => "blob",
            Schema::Timestamp(_) => "timestamp",
            Schema::Document => "document",
            Schema::List(_) => "list",
            Schema::Map(_) => "map",
            Schema::Structure(_) | Schema::Link(_) => "structure",
        }
    }

    /// Follows links to the shape itself.
    pub fn resolve(&'static self) -> &'static Schema {
        match self {
            Schema::Link(target) => target.get().expect("a link is set before its shape is used").resolve(),
            Schema::Boolean
            | Schema::Integer
            | Schema::Long
            | Schema::Double
            | Schema::String
            | Schema::Enum(_)
            | Schema::Blob
            | Schema::Timestamp(_)
            | Schema::Document
            | Schema::List(_)
            | Schema::Map(_)
            | Schema::Structure(_) => self,
        }
    }
}

/// What a list holds; for the derive macro, while compiling.
pub const fn item_of(schema: &'static Schema) -> &'static Schema {
    match schema {
        Schema::List(list) => list.item,
        _ => panic!("`item` and `flattened` belong to a list or a map"),
    }
}

/// What a map holds; for the derive macro, while compiling.
pub const fn value_of(schema: &'static Schema) -> &'static Schema {
    match schema {
        Schema::Map(map) => map.value,
        _ => panic!("`key` and `value` belong to a map"),
    }
}

/// A timestamp written in `format`; for the derive macro, while compiling.
pub const fn timestamp(schema: &'static Schema, format: TimestampFormat) -> &'static Schema {
    match (schema, format) {
        (Schema::Timestamp(_), TimestampFormat::Default) => &Schema::Timestamp(TimestampFormat::Default),
        (Schema::Timestamp(_), TimestampFormat::Iso8601) => &Schema::Timestamp(TimestampFormat::Iso8601),
        (Schema::Timestamp(_), TimestampFormat::Rfc822) => &Schema::Timestamp(TimestampFormat::Rfc822),
        (Schema::Timestamp(_), TimestampFormat::UnixSeconds) => &Schema::Timestamp(TimestampFormat::UnixSeconds),
        _ => panic!("`timestamp` belongs to a point in time"),
    }
}
