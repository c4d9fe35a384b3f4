//! The texts of a Fluent file, taken apart.

use std::collections::BTreeSet;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// One text: a message, or an attribute of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// `key` or `key.attribute`.
    pub key: String,
    /// The values that it is given.
    pub variables: BTreeSet<String>,
    /// As it reads in the default variant, with a short name in the place of every value.
    pub words: String,
}

/// Every text of a file, in its order.
pub(super) fn texts(source: &str) -> Vec<Text> {
    let resource = parser::parse(source.to_owned()).unwrap();
    let mut found = Vec::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let key = message.id.name;
        if let Some(value) = &message.value {
            found.push(text(key.clone(), value));
        }
        found.extend(message.attributes.iter().map(|part| text(format!("{key}.{}", part.id.name), &part.value)));
    }
    found
}

fn text(key: String, pattern: &Pattern<String>) -> Text {
    let mut text = Text { key, variables: BTreeSet::new(), words: String::new() };
    read(pattern, &mut text);
    text
}

fn read(pattern: &Pattern<String>, text: &mut Text) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.words.push_str(value),
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                note(inline, text);
                text.words.push_str("Fern");
            }
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                note(selector, text);
                let before = text.words.clone();
                for variant in variants {
                    text.words.clone_from(&before);
                    read(&variant.value, text);
                }
            }
        }
    }
}

fn note(inline: &InlineExpression<String>, text: &mut Text) {
    if let InlineExpression::VariableReference { id } = inline {
        text.variables.insert(id.name.clone());
    }
}
