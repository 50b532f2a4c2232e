//! Templates on the wire: AWS answers null where a template is empty.

use std::collections::BTreeMap;

/// What is stored of what was sent.
pub(crate) fn read(sent: &BTreeMap<String, Option<String>>) -> BTreeMap<String, String> {
    sent.iter().map(|(media_type, template)| (media_type.clone(), template.clone().unwrap_or_default())).collect()
}

/// What is answered of what is stored.
pub(crate) fn view(stored: &BTreeMap<String, String>) -> BTreeMap<String, Option<String>> {
    let shown = |template: &String| Some(template.clone()).filter(|template| !template.is_empty());
    stored.iter().map(|(media_type, template)| (media_type.clone(), shown(template))).collect()
}
