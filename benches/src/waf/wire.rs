//! A request as it is sent, and where in it something was put.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use waf::{Body, Header, Request};

/// A request before it is sent.
#[derive(Debug, Clone, Default)]
pub struct Wire {
    /// The method.
    pub method: String,
    /// The path, encoded as it is sent.
    pub path: String,
    /// Behind `?`, encoded as it is sent; empty where there is none.
    pub query: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Where in a request something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A query argument.
    Query,
    /// The path.
    Path,
    /// A cookie.
    Cookie,
    /// Another header.
    Header,
    /// A field of a form.
    Form,
    /// A value in a JSON document.
    Json,
    /// A field of a multipart form.
    Multipart,
    /// The body as a whole.
    Raw,
    /// The request as such: its method, path, host or client.
    Whole,
}

impl Place {
    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Place::Query => "query",
            Place::Path => "path",
            Place::Cookie => "cookie",
            Place::Header => "header",
            Place::Form => "form",
            Place::Json => "JSON",
            Place::Multipart => "multipart",
            Place::Raw => "other body",
            Place::Whole => "whole request",
        }
    }

    /// Whether it counts as an argument, a body or a cookie.
    pub fn is_input(self) -> bool {
        match self {
            Place::Query | Place::Cookie | Place::Form | Place::Json | Place::Multipart | Place::Raw => true,
            Place::Path | Place::Header | Place::Whole => false,
        }
    }
}

/// A request with what is known of it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// What kind of attack, or of harmless request.
    pub class: &'static str,
    /// Where the attack stands.
    pub place: Place,
    /// What was put there, before it was encoded.
    pub payload: String,
    /// The request.
    pub wire: Wire,
}

/// What a current browser sends besides.
const BROWSER: [(&str, &str); 11] = [
    ("Host", "shop.example.com"),
    (
        "User-Agent",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    ),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
    ("Accept-Language", "en-GB,en;q=0.9,de;q=0.7"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Referer", "https://shop.example.com/catalog/shoes?page=2&sort=price"),
    ("sec-ch-ua", "\"Chromium\";v=\"126\", \"Not.A/Brand\";v=\"24\", \"Google Chrome\";v=\"126\""),
    ("sec-ch-ua-mobile", "?0"),
    ("sec-ch-ua-platform", "\"Windows\""),
    ("Sec-Fetch-Site", "same-origin"),
    ("Sec-Fetch-Mode", "navigate"),
];

impl Wire {
    /// What a browser asks for; cookies are the caller's.
    pub fn get(path: &str, query: &str) -> Self {
        let headers = BROWSER.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { method: "GET".to_owned(), path: path.to_owned(), query: query.to_owned(), headers, body: Vec::new() }
    }

    /// What a browser posts.
    pub fn post(path: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut wire = Self { method: "POST".to_owned(), body: body.into(), ..Self::get(path, "") };
        wire.header("Content-Type", media_type);
        wire.header("Content-Length", &wire.body.len().to_string());
        wire
    }

    /// Sets a header.
    pub fn header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Sets a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.header(name, value);
        self
    }

    /// Asks about it, cut to what a web ACL inspects.
    pub fn ask<T>(&self, body_bytes_max: usize, judge: impl FnOnce(&Request<'_>) -> T) -> T {
        judge(&self.view(&self.heads(), body_bytes_max))
    }

    /// The headers as the judge reads them.
    pub fn heads(&self) -> Vec<Header<'_>> {
        self.headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect()
    }

    /// The request over headers that the caller holds.
    pub fn view<'a>(&'a self, headers: &'a [Header<'a>], body_bytes_max: usize) -> Request<'a> {
        let cut = self.body.len().min(body_bytes_max);
        Request {
            method: self.method.as_bytes(),
            path: self.path.as_bytes(),
            query: self.query.as_bytes(),
            version: "HTTP/1.1",
            headers,
            body: Body { prefix: &self.body[..cut], truncated: cut < self.body.len() },
            client: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10)),
            host: "shop.example.com",
        }
    }

    /// Its bytes over HTTP/1.1.
    pub fn bytes(&self) -> Vec<u8> {
        let question = if self.query.is_empty() { "" } else { "?" };
        let mut text = format!("{} {}{question}{} HTTP/1.1\r\n", self.method, self.path, self.query);
        for (name, value) in &self.headers {
            // Writing to a string cannot fail.
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
