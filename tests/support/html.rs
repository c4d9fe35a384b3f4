//! Reads the forms on a page of ours. It knows the few tags that our templates write, and is no reader of HTML at large.

use std::collections::HashMap;

/// One form, as a person would send it.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pub action: String,
    pub fields: Vec<Field>,
    /// What the button says, and what pressing it adds.
    pub buttons: Vec<(String, Option<(String, String)>)>,
}

#[derive(Debug, Clone)]
pub struct Field {
    pub label: String,
    pub name: String,
    pub value: String,
    /// Whether it is sent: boxes only when they are ticked, and nothing that is disabled.
    pub is_sent: bool,
}

struct Tag {
    name: String,
    attributes: HashMap<String, String>,
    /// What follows, up to the next tag.
    text: String,
}

fn plain(text: &str) -> String {
    let named = [("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&lt;", "<"), ("&#60;", "<")];
    let more = [("&gt;", ">"), ("&#62;", ">"), ("&#38;", "&"), ("&amp;", "&")];
    named.iter().chain(&more).fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn attributes(mut rest: &str) -> HashMap<String, String> {
    let mut found = HashMap::new();
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        rest = &rest[start..];
        let end = rest.find(|c: char| c == '=' || c.is_whitespace() || c == '/').unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let close = quoted.find('"').unwrap_or(quoted.len());
            found.insert(name, plain(&quoted[..close]));
            rest = quoted.get(close + 1..).unwrap_or_default();
        } else {
            found.insert(name, String::new());
        }
    }
    found
}

fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    for piece in html.split('<').skip(1) {
        // Our templates escape `>` in attributes.
        let Some((tag, text)) = piece.split_once('>') else { continue };
        let end = tag.find(|c: char| c.is_whitespace()).unwrap_or(tag.len());
        found.push(Tag { name: tag[..end].to_owned(), attributes: attributes(&tag[end..]), text: plain(text.trim()) });
    }
    found
}

/// Every form of the page, in order.
pub fn forms(html: &str) -> Vec<Form> {
    let tags = tags(html);
    let labels: HashMap<String, String> = tags
        .iter()
        .filter(|tag| tag.name == "label")
        .filter_map(|tag| Some((tag.attributes.get("for")?.clone(), tag.text.clone())))
        .collect();
    let (mut done, mut open) = (Vec::new(), None::<Form>);
    // Of a selection that has no value yet.
    let mut is_first = false;
    for tag in &tags {
        let get = |name: &str| tag.attributes.get(name).cloned();
        match (tag.name.as_str(), &mut open) {
            ("form", _) => open = Some(Form { action: get("action").unwrap_or_default(), ..Form::default() }),
            ("/form", _) => done.extend(open.take()),
            ("input", Some(form)) => {
                let is_box = get("type").is_some_and(|kind| kind == "checkbox" || kind == "radio");
                form.fields.push(Field {
                    label: get("id").and_then(|id| labels.get(&id).cloned()).unwrap_or_default(),
                    name: get("name").unwrap_or_default(),
                    value: get("value").unwrap_or_default(),
                    is_sent: get("disabled").is_none() && (!is_box || get("checked").is_some()),
                });
            }
            ("select", Some(form)) => {
                is_first = true;
                form.fields.push(Field {
                    label: get("id").and_then(|id| labels.get(&id).cloned()).unwrap_or_default(),
                    name: get("name").unwrap_or_default(),
                    value: String::new(),
                    is_sent: get("disabled").is_none(),
                });
            }
            ("option", Some(form)) => {
                if (is_first || get("selected").is_some())
                    && let Some(select) = form.fields.last_mut()
                {
                    select.value = get("value").unwrap_or_default();
                }
                is_first = false;
            }
            ("button", Some(form)) => {
                form.buttons.push((tag.text.clone(), get("name").map(|name| (name, get("value").unwrap_or_default()))));
            }
            _ => {}
        }
    }
    done
}

impl Form {
    /// Types into the field with this label. Panics where there is none.
    pub fn fill(&mut self, label: &str, value: &str) {
        let field = self.fields.iter_mut().find(|field| field.label == label);
        let field = field.unwrap_or_else(|| panic!("no field is labelled {label:?}"));
        value.clone_into(&mut field.value);
    }

    /// Chooses the button of a group of which only one counts.
    pub fn choose(&mut self, name: &str, value: &str) {
        for field in self.fields.iter_mut().filter(|field| field.name == name) {
            field.is_sent = field.value == value;
        }
    }

    /// Ticks or unticks the box that sends this value.
    pub fn tick(&mut self, value: &str, is_ticked: bool) {
        let field = self.fields.iter_mut().find(|field| field.value == value);
        field.unwrap_or_else(|| panic!("no box sends {value:?}")).is_sent = is_ticked;
    }

    /// Ticks every permission.
    pub fn tick_all(&mut self) {
        self.fields.iter_mut().filter(|field| field.name == "scope").for_each(|field| field.is_sent = true);
    }

    /// What is sent when the button is pressed. Panics where no button says this.
    pub fn pressed(&self, button: &str) -> Vec<(String, String)> {
        let (_, extra) =
            self.buttons.iter().find(|(text, _)| text == button).unwrap_or_else(|| panic!("no button says {button:?}"));
        let fields = self.fields.iter().filter(|field| field.is_sent && !field.name.is_empty());
        fields.map(|field| (field.name.clone(), field.value.clone())).chain(extra.clone()).collect()
    }

    pub fn has_button(&self, text: &str) -> bool {
        self.buttons.iter().any(|(found, _)| found == text)
    }
}
