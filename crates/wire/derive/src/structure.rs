//! A struct becomes a structure: one table of members, and the way to and from a value.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{DeriveInput, Field, Fields, GenericArgument, Ident, PathArguments, Type};

use crate::attributes::{OnField, OnStruct};

struct Member<'a> {
    field: &'a Ident,
    of: &'a Type,
    name: String,
    on: OnField,
}

pub(crate) fn expand(input: &DeriveInput, fields: &Fields) -> syn::Result<TokenStream> {
    let on = OnStruct::read(&input.attrs)?;
    let members = match fields {
        Fields::Named(fields) => {
            fields.named.iter().map(|field| member(field, on.upper)).collect::<syn::Result<Vec<_>>>()?
        }
        Fields::Unit => Vec::new(),
        Fields::Unnamed(fields) => return Err(syn::Error::new_spanned(fields, "a shape's fields have names")),
    };
    let mut names = BTreeSet::new();
    for member in &members {
        if !names.insert(member.name.as_str()) {
            return Err(syn::Error::new_spanned(member.field, format!("two members are named `{}`", member.name)));
        }
    }
    let schema = schema(&input.ident, &on, &members)?;
    let (from_value, to_value) = conversions(fields, &members);
    let of = &input.ident;
    Ok(quote! {
        #[automatically_derived]
        impl ::wire::Shape for #of {
            const SCHEMA: &'static ::wire::Schema = #schema;
            fn from_value(
                value: ::core::option::Option<::wire::Value>,
            ) -> ::core::result::Result<Self, ::wire::Invalid> {
                #from_value
            }
            fn to_value(&self) -> ::core::option::Option<::wire::Value> {
                #to_value
            }
        }
        #[automatically_derived]
        impl ::wire::shape::Item for #of {}
    })
}

fn member(field: &Field, upper: bool) -> syn::Result<Member<'_>> {
    let on = OnField::read(&field.attrs)?;
    let ident = field.ident.as_ref().expect("a named field has a name");
    let written = ident.to_string();
    let name = on.rename.clone().unwrap_or_else(|| camel(written.trim_start_matches("r#"), upper));
    Ok(Member { field: ident, of: &field.ty, name, on })
}

fn schema(of: &Ident, on: &OnStruct, members: &[Member<'_>]) -> syn::Result<TokenStream> {
    let name = on.name.clone().unwrap_or_else(|| of.to_string());
    let namespace = optional(on.xml_namespace.as_ref());
    let error = optional(on.error.as_ref().map(|(code, status)| quote!((#code, #status))));
    let members = members.iter().map(table_row).collect::<syn::Result<Vec<_>>>()?;
    Ok(quote! {
        &::wire::Schema::Structure(&::wire::Structure {
            name: #name,
            members: &[#(#members),*],
            xml_namespace: #namespace,
            error: #error,
        })
    })
}

fn table_row(member: &Member<'_>) -> syn::Result<TokenStream> {
    let (of, name, on) = (member.of, &member.name, &member.on);
    let schema = member_schema(member)?;
    let wire_name = optional(on.wire_name.as_ref());
    let location = on.location.clone().unwrap_or_else(|| quote!(Body));
    let required = if on.default { quote!(false) } else { quote!(<#of as ::wire::Shape>::REQUIRED) };
    let secret = if on.secret { quote!(true) } else { quote!(<#of as ::wire::Shape>::SECRET) };
    let xml_attribute = on.xml_attribute;
    Ok(quote! {
        ::wire::Member {
            name: #name,
            wire_name: #wire_name,
            schema: #schema,
            location: ::wire::Location::#location,
            required: #required,
            secret: #secret,
            xml_attribute: #xml_attribute,
        }
    })
}

/// The type's own schema, unless the field's attributes change how a time, list or map is written here.
fn member_schema(member: &Member<'_>) -> syn::Result<TokenStream> {
    let (of, on) = (member.of, &member.on);
    let own = quote!(<#of as ::wire::Shape>::SCHEMA);
    let is_map = last_name(of).is_some_and(|name| name == "BTreeMap");
    if (on.form.key.is_some() || on.form.value.is_some()) && !is_map {
        return Err(syn::Error::new_spanned(member.field, "`key` and `value` belong to a map"));
    }
    let flattened = on.form.flattened;
    if let Some(format) = &on.timestamp {
        return Ok(quote!(::wire::schema::timestamp(#own, ::wire::TimestampFormat::#format)));
    }
    if is_map && (flattened || on.form.key.is_some() || on.form.value.is_some()) {
        let (key, value) = (optional(on.form.key.as_ref()), optional(on.form.value.as_ref()));
        return Ok(quote! {
            &::wire::Schema::Map(&::wire::Map {
                value: ::wire::schema::value_of(#own),
                key_name: #key,
                value_name: #value,
                flattened: #flattened,
            })
        });
    }
    if flattened || on.form.item.is_some() {
        let item = optional(on.form.item.as_ref());
        return Ok(quote! {
            &::wire::Schema::List(&::wire::List {
                item: ::wire::schema::item_of(#own),
                item_name: #item,
                flattened: #flattened,
            })
        });
    }
    Ok(own)
}

fn conversions(fields: &Fields, members: &[Member<'_>]) -> (TokenStream, TokenStream) {
    if members.is_empty() {
        let this = if matches!(fields, Fields::Unit) { quote!(Self) } else { quote!(Self {}) };
        return (
            quote!(::wire::shape::Fields::open(value).map(|_| #this)),
            quote!(::core::option::Option::Some(::wire::Value::Map(::std::vec::Vec::new()))),
        );
    }
    let take = members.iter().map(|Member { field, name, on, .. }| {
        if on.default { quote!(#field: fields.take_or_default(#name)?) } else { quote!(#field: fields.take(#name)?) }
    });
    let put = members.iter().map(|Member { field, name, on, .. }| {
        if on.default { quote!(put_unless_empty(#name, &self.#field)) } else { quote!(put(#name, &self.#field)) }
    });
    (
        quote! {
            let mut fields = ::wire::shape::Fields::open(value)?;
            ::core::result::Result::Ok(Self { #(#take),* })
        },
        quote!(::core::option::Option::Some(::wire::shape::Members::default()#(.#put)*.into_value())),
    )
}

fn optional(value: Option<impl ToTokens>) -> TokenStream {
    value.map_or_else(|| quote!(::core::option::Option::None), |value| quote!(::core::option::Option::Some(#value)))
}

/// `Vec` of `std::vec::Vec<T>`; looks through `Option`.
fn last_name(of: &Type) -> Option<&Ident> {
    let Type::Path(path) = of else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(inner) if last.ident == "Option" => inner
            .args
            .iter()
            .find_map(|argument| if let GenericArgument::Type(of) = argument { last_name(of) } else { None }),
        _ => Some(&last.ident),
    }
}

/// `rest_api_id` becomes `restApiId`, or `RestApiId`.
fn camel(snake: &str, upper: bool) -> String {
    let mut name = String::with_capacity(snake.len());
    let mut raise = upper;
    for letter in snake.chars() {
        match letter {
            '_' => raise = !name.is_empty() || upper,
            _ if raise => {
                name.push(letter.to_ascii_uppercase());
                raise = false;
            }
            _ => name.push(letter),
        }
    }
    name
}
