//! Checks a value against the part of JSON Schema that our own tools' schemas use; anything else fails the test.

use serde_json::{Map, Value};

/// Panics, naming the place, when `value` does not match.
pub fn assert_matches(schema: &Value, value: &Value) {
    check(schema, schema, value, "$");
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str) {
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" | "required" => {}
            "$ref" => {
                let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                check(root, root.pointer(pointer).unwrap(), value, at);
            }
            "type" => check_type(rule, value, at),
            "enum" => assert!(rule.as_array().unwrap().contains(value), "{at}: {value} not in {rule}"),
            "const" => assert_eq!(rule, value, "{at}"),
            "oneOf" => {
                let fits = rule.as_array().unwrap().iter().filter(|each| each["const"] == *value).count();
                assert_eq!(fits, 1, "{at}: {value}");
            }
            // Something, or nothing.
            "anyOf" => {
                let fitting = rule.as_array().unwrap().iter().find(|each| (each["type"] == "null") == value.is_null());
                check(root, fitting.unwrap(), value, at);
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{at}[{index}]"));
                }
            }
            "properties" => check_members(root, schema, rule, value, at),
            "additionalProperties" => assert_eq!(rule, false, "{at}: open objects are not checked"),
            other => panic!("{at}: the schema uses {other}, which these tests do not know"),
        }
    }
}

fn check_members(root: &Value, schema: &Value, properties: &Value, value: &Value, at: &str) {
    let nothing = Map::new();
    let object = value.as_object().unwrap_or(&nothing);
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(object.contains_key(name.as_str().unwrap()), "{at}: {name} is missing");
    }
    assert_eq!(schema["additionalProperties"], false, "{at}: anything could be in here");
    for (name, member) in object {
        let rule = properties.get(name).unwrap_or_else(|| panic!("{at}: {name} is not in the schema"));
        check(root, rule, member, &format!("{at}.{name}"));
    }
}

fn check_type(rule: &Value, value: &Value, at: &str) {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("{at}: unknown type {other}"),
    };
    let fits = match rule {
        Value::Array(types) => types.iter().any(|name| is(name.as_str().unwrap())),
        name => is(name.as_str().unwrap()),
    };
    assert!(fits, "{at}: {value} is no {rule}");
}
