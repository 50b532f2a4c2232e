//! Reads what `#[shape(…)]` says on a struct, a field or a variant.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, LitInt, LitStr};

/// What stands on the struct.
#[derive(Default)]
pub(crate) struct OnStruct {
    pub(crate) name: Option<String>,
    pub(crate) upper: bool,
    pub(crate) xml_namespace: Option<String>,
    pub(crate) error: Option<(String, u16)>,
}

/// What stands on a field.
#[derive(Default)]
pub(crate) struct OnField {
    /// A variant of `wire::Location` where it is not the body.
    pub(crate) location: Option<TokenStream>,
    pub(crate) wire_name: Option<String>,
    pub(crate) rename: Option<String>,
    pub(crate) secret: bool,
    pub(crate) default: bool,
    pub(crate) xml_attribute: bool,
    pub(crate) form: Form,
    /// A variant of `wire::TimestampFormat`.
    pub(crate) timestamp: Option<TokenStream>,
}

/// How a list or a map is written in XML and query.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) flattened: bool,
    pub(crate) item: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) value: Option<String>,
}

impl OnStruct {
    pub(crate) fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut found = Self::default();
        let mut error = None;
        let mut status = None;
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("shape")) {
            attribute.parse_nested_meta(|meta| {
                match key(&meta)?.as_str() {
                    "name" => found.name = Some(text(&meta)?),
                    "upper" => found.upper = true,
                    "xml_namespace" => found.xml_namespace = Some(text(&meta)?),
                    "error" => error = Some(meta.value()?.parse::<LitStr>()?),
                    "status" => status = Some(meta.value()?.parse::<LitInt>()?),
                    other => return Err(meta.error(format!("unknown shape attribute `{other}`"))),
                }
                Ok(())
            })?;
        }
        found.error = match (error, status) {
            (None, None) => None,
            (Some(code), Some(status)) => Some((code.value(), status.base10_parse()?)),
            (Some(code), None) => return Err(syn::Error::new_spanned(code, "an error needs its `status` too")),
            (None, Some(status)) => return Err(syn::Error::new_spanned(status, "`status` belongs to an `error`")),
        };
        Ok(found)
    }
}

impl OnField {
    pub(crate) fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut found = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("shape")) {
            attribute.parse_nested_meta(|meta| found.take(&meta))?;
        }
        Ok(found)
    }

    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let key = key(meta)?;
        match key.as_str() {
            "uri" => self.travel(meta, quote!(Uri), Some(text(meta)?))?,
            "header" => self.travel(meta, quote!(Header), Some(text(meta)?))?,
            "headers" => self.travel(meta, quote!(Headers), Some(text(meta)?))?,
            "query" if meta.input.peek(syn::Token![=]) => self.travel(meta, quote!(QueryString), Some(text(meta)?))?,
            "query" => self.travel(meta, quote!(QueryString), None)?,
            "payload" => self.travel(meta, quote!(Payload), None)?,
            "status_code" => self.travel(meta, quote!(StatusCode), None)?,
            "wire" => self.wire_name = Some(text(meta)?),
            "rename" => self.rename = Some(text(meta)?),
            "secret" => self.secret = true,
            "default" => self.default = true,
            "xml_attribute" => self.xml_attribute = true,
            "flattened" => self.form.flattened = true,
            "item" => self.form.item = Some(text(meta)?),
            "key" => self.form.key = Some(text(meta)?),
            "value" => self.form.value = Some(text(meta)?),
            "timestamp" => self.timestamp = Some(timestamp(meta)?),
            other => return Err(meta.error(format!("unknown shape attribute `{other}`"))),
        }
        Ok(())
    }

    fn travel(&mut self, meta: &ParseNestedMeta<'_>, location: TokenStream, name: Option<String>) -> syn::Result<()> {
        if self.location.replace(location).is_some() {
            return Err(meta.error("a member travels in one place only"));
        }
        self.wire_name = name.or(self.wire_name.take());
        Ok(())
    }
}

/// The text on a variant: `#[shape("GET")]`.
pub(crate) fn variant_text(attributes: &[Attribute]) -> syn::Result<Option<LitStr>> {
    let mut shapes = attributes.iter().filter(|attribute| attribute.path().is_ident("shape"));
    shapes.next().map(Attribute::parse_args::<LitStr>).transpose()
}

fn key(meta: &ParseNestedMeta<'_>) -> syn::Result<String> {
    Ok(meta.path.require_ident()?.to_string())
}

fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<String> {
    Ok(meta.value()?.parse::<LitStr>()?.value())
}

fn timestamp(meta: &ParseNestedMeta<'_>) -> syn::Result<TokenStream> {
    match text(meta)?.as_str() {
        "iso8601" => Ok(quote!(Iso8601)),
        "rfc822" => Ok(quote!(Rfc822)),
        "unix" => Ok(quote!(UnixSeconds)),
        _ => Err(meta.error("a timestamp is `iso8601`, `rfc822` or `unix`")),
    }
}
