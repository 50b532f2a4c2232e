//! `#[derive(wire::Shape)]`: makes a struct a structure on the wire, and an enum without fields a text of fixed choices.
//!
//! ```text
//! #[derive(wire::Shape)]
//! #[shape(name = "CreateStageRequest")]
//! struct CreateStageInput {
//!     #[shape(uri = "restapi_id")]
//!     rest_api_id: String,
//!     description: Option<String>,
//! }
//! ```
//!
//! On a struct: `name` (the model's shape name, else the type's), `upper` (members in UpperCamelCase), `xml_namespace`,
//! `error` with `status`. On a field: a location (`uri`, `query`, `header`, `headers`, `payload`, `status_code`), `rename`,
//! `wire`, `secret`, `default`, `timestamp`, `item`, `key`, `value`, `flattened`, `xml_attribute`. On a variant: its text.

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, parse_macro_input};

mod attributes;
mod structure;
mod choice;

/// Implements `wire::Shape` (and `wire::shape::Item`) for a struct with named fields or an enum without fields.
#[proc_macro_derive(Shape, attributes(shape))]
pub fn derive_shape(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

fn expand(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    if !input.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(&input.generics, "a shape has no type parameters"));
    }
    match &input.data {
        Data::Struct(body) => structure::expand(input, &body.fields),
        Data::Enum(body) => choice::expand(input, body),
        Data::Union(_) => {
            Err(syn::Error::new_spanned(&input.ident, "a Rust union cannot be a shape; use a struct of options"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::expand;

    fn refusal(source: &str) -> String {
        let input = syn::parse_str(source).expect("the test's source is Rust");
        expand(&input).expect_err("the macro refuses it").to_string()
    }

    #[test]
    fn a_mistake_is_told_in_one_clear_sentence() {
        for (source, message) in [
            ("struct A(String);", "a shape's fields have names"),
            ("struct A<T> { a: T }", "a shape has no type parameters"),
            ("enum A { One }", "say the variant's text: `#[shape(\"…\")]`"),
            ("enum A { #[shape(\"X\")] One, #[shape(\"X\")] Two }", "two variants have the text `X`"),
            ("enum A { #[shape(\"X\")] One(u8) }", "a choice's variants hold nothing"),
            ("struct A { #[shape(querry = \"x\")] a: String }", "unknown shape attribute `querry`"),
            ("struct A { #[shape(uri = \"x\", payload)] a: String }", "a member travels in one place only"),
            ("#[shape(error = \"X\")] struct A { a: String }", "an error needs its `status` too"),
            ("#[shape(status = 404)] struct A { a: String }", "`status` belongs to an `error`"),
            ("struct A { #[shape(timestamp = \"julian\")] a: T }", "a timestamp is `iso8601`, `rfc822` or `unix`"),
            ("struct A { #[shape(key = \"k\")] a: Vec<String> }", "`key` and `value` belong to a map"),
            ("struct A { a_b: String, #[shape(rename = \"aB\")] c: String }", "two members are named `aB`"),
        ] {
            assert_eq!(refusal(source), message, "{source}");
        }
    }
}
