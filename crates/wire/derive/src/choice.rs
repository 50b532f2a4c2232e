//! An enum without fields becomes a text of fixed choices.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DataEnum, DeriveInput, Fields};

use crate::attributes::variant_text;

pub(crate) fn expand(input: &DeriveInput, body: &DataEnum) -> syn::Result<TokenStream> {
    let mut seen = BTreeSet::new();
    let mut texts = Vec::new();
    let mut variants = Vec::new();
    for variant in &body.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(syn::Error::new_spanned(variant, "a choice's variants hold nothing"));
        }
        let Some(text) = variant_text(&variant.attrs)? else {
            return Err(syn::Error::new_spanned(variant, "say the variant's text: `#[shape(\"…\")]`"));
        };
        if !seen.insert(text.value()) {
            return Err(syn::Error::new_spanned(&text, format!("two variants have the text `{}`", text.value())));
        }
        texts.push(text);
        variants.push(&variant.ident);
    }
    if texts.is_empty() {
        return Err(syn::Error::new_spanned(&input.ident, "a choice has at least one variant"));
    }
    let of = &input.ident;
    let expected = format!("value of [{}]", seen.into_iter().collect::<Vec<_>>().join(", "));
    Ok(quote! {
        #[automatically_derived]
        impl ::wire::shape::Choice for #of {
            const TEXTS: &'static [&'static str] = &[#(#texts),*];
            fn as_text(&self) -> &'static str {
                match self { #(Self::#variants => #texts),* }
            }
            fn from_text(text: &str) -> ::core::option::Option<Self> {
                match text {
                    #(#texts => ::core::option::Option::Some(Self::#variants),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
        #[automatically_derived]
        impl ::wire::Shape for #of {
            const SCHEMA: &'static ::wire::Schema =
                &::wire::Schema::Enum(<Self as ::wire::shape::Choice>::TEXTS);
            fn from_value(
                value: ::core::option::Option<::wire::Value>,
            ) -> ::core::result::Result<Self, ::wire::Invalid> {
                ::wire::shape::choose(value, #expected)
            }
            fn to_value(&self) -> ::core::option::Option<::wire::Value> {
                ::core::option::Option::Some(::wire::Value::Text(::std::string::String::from(
                    <Self as ::wire::shape::Choice>::as_text(self),
                )))
            }
        }
        #[automatically_derived]
        impl ::wire::shape::Item for #of {}
    })
}
