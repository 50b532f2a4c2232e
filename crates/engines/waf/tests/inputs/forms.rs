//! Values in bodies: fields of forms, URL-encoded and in parts, and of XML.

use serde_json::json;
use waf::field::Extent;
use waf::{Body, Request};

use crate::support::{find, headers, request, values};

fn check(content_types: &[&str], body: &str, expected: &[&str]) {
    let pairs: Vec<(&str, &str)> = content_types.iter().map(|value| ("Content-Type", *value)).collect();
    let list = headers(&pairs);
    let body = Body { prefix: body.as_bytes(), truncated: false };
    let request = Request { headers: &list, body, ..request() };
    let field = json!({ "SingleHeader": { "Name": "portcullis:body-values" } });
    assert_eq!(values(&field, &request), expected, "{content_types:?}");
}

const ENCODED: &str = "application/x-www-form-urlencoded";

#[test]
fn each_field_of_an_encoded_form_is_a_value() {
    check(&[ENCODED], "a=1&b=x%27+or+1&&c", &["a: 1", "b: x%27+or+1", "c: "]);
    check(&["Application/X-WWW-Form-Urlencoded; charset=utf-8"], "a=1", &["a: 1"]);
}

#[test]
fn each_part_of_a_form_in_parts_is_a_value_and_files_are_none() {
    let body = "--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--x y\r\n\
                Content-Disposition: form-data; name=\"f\"; filename=\"f.sql\"\r\n\r\nselect 1\r\n--x y\n\
                content-disposition: form-data; name=b\n\nlast\n--x y--\r\n";
    check(&["multipart/form-data; boundary=\"x y\""], body, &["1\r\n2", "last"]);
    check(&["multipart/form-data; BOUNDARY=x y; charset=utf-8"], body, &["1\r\n2", "last"]);
    check(&["multipart/form-data; boundary=x y"], "--x y\r\nA: b\r\n\r\ncut of", &["cut of"]);
}

#[test]
fn what_is_no_form_has_no_fields() {
    check(&[], "a=1", &[]);
    check(&["application/json"], "a=1", &[]);
    for no_boundary in ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"x"] {
        check(&[no_boundary], "--\r\n\r\na", &[]);
    }
}

#[test]
fn texts_and_attributes_of_xml_are_values() {
    let body = "<?xml version=\"1.0\"?><!-- not this --><a b=\"1 or 2\" c = 'x>y'>\n text &lt; more \n<d/><![CDATA[<raw>]]></a>";
    let expected = ["1 or 2", "x>y", "text &lt; more", "<raw>"];
    for media_type in ["text/xml", "application/soap+XML; charset=utf-8"] {
        check(&[media_type], body, &expected);
    }
    check(&["application/xml"], "no tag", &["no tag"]);
    check(&["application/xml"], "<a b=\"open", &["open"]);
    check(&["application/xml"], "<a b='", &[]);
    check(&["application/xml"], "<![CDATA[cut off", &["cut off"]);
    check(&["application/xml"], "<!-- cut off", &[]);
}

#[test]
fn a_body_with_two_types_is_read_as_both() {
    let body = "--b\r\n\r\na=1\r\n--b--";
    let expected = ["--b\r\n\r\na: 1\r\n--b--", "a=1"];
    check(&["text/plain", ENCODED, "multipart/form-data; boundary=b"], body, &expected);
}

#[test]
fn a_form_that_is_cut_off_says_so() {
    let list = headers(&[("Content-Type", ENCODED)]);
    let request = Request { headers: &list, body: Body { prefix: b"a=1&b", truncated: true }, ..request() };
    let found = find(&json!({ "SingleHeader": { "Name": "portcullis:body-values" } }), &request);
    assert_eq!((found.values, found.extent), (vec!["a: 1".to_owned(), "b: ".to_owned()], Extent::Oversize));
}
