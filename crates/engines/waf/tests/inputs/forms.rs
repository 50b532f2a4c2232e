//! Values in bodies: fields of forms, URL-encoded and in parts, and of XML.

use waf::field::{Extent, Field};
use waf::{Body, Request};

use crate::support::{find_field, headers, request};

fn check(content_types: &[&str], body: &str, expected: &[&str]) {
    let pairs: Vec<(&str, &str)> = content_types.iter().map(|value| ("Content-Type", *value)).collect();
    let list = headers(&pairs);
    let body = Body { prefix: body.as_bytes(), truncated: false };
    let request = Request { headers: &list, body, ..request() };
    assert_eq!(find_field(&Field::BodyValues, &request).values, expected, "{content_types:?}");
}

const ENCODED: &str = "application/x-www-form-urlencoded";

#[test]
fn each_name_and_each_value_of_an_encoded_form_stands_for_itself() {
    check(&[ENCODED], "a=1&b=x%27+or+1&&c", &["a", "a: 1", "b", "b: x%27+or+1", "c", "c: "]);
    check(&["Application/X-WWW-Form-Urlencoded; charset=utf-8"], "a=1", &["a", "a: 1"]);
}

#[test]
fn each_name_and_each_value_of_a_form_in_parts_stands_for_itself_and_files_have_only_names() {
    let body = "--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--x y\r\n\
                Content-Disposition: form-data; name=\"f\"; filename=\"f.sql\"\r\n\r\nselect 1\r\n--x y\n\
                content-disposition: form-data; name=b\n\nlast\n--x y--\r\n";
    check(&["multipart/form-data; boundary=\"x y\""], body, &["a", "1\r\n2", "f", "last"]);
    check(&["multipart/form-data; BOUNDARY=x y; charset=utf-8"], body, &["a", "1\r\n2", "f", "last"]);
    check(&["multipart/form-data; boundary=x y"], "--x y\r\nA: b\r\n\r\ncut of", &["cut of"]);
}

#[test]
fn a_body_that_does_not_say_what_it_is_may_be_a_form() {
    check(&[], "a=1&b", &["a", "a: 1", "b", "b: "]);
}

#[test]
fn what_is_no_form_has_no_fields() {
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
    let expected = ["--b\r\n\r\na", "--b\r\n\r\na: 1\r\n--b--", "a=1"];
    check(&["text/plain", ENCODED, "multipart/form-data; boundary=b"], body, &expected);
}

#[test]
fn a_form_that_is_cut_off_says_so() {
    let list = headers(&[("Content-Type", ENCODED)]);
    let request = Request { headers: &list, body: Body { prefix: b"a=1&b", truncated: true }, ..request() };
    let found = find_field(&Field::BodyValues, &request);
    assert_eq!((found.values.join(" "), found.extent), ("a a: 1 b b: ".to_owned(), Extent::Oversize));
}
