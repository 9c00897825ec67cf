//! Schemas against the types that they describe. Outputs are real values of the types, with every part filled; inputs
//! are read by the types with parts left out and put in.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wrencos::{
    domain::{
        cart::{CartInput, LineInput},
        livestream::{LivestreamUpdate, NewLivestream},
        moderation::{ChatRulesUpdate, NewSanction, SanctionKind},
        order::{Address, Contact, NewOrder},
        product::ProductInput,
        user::{Credentials, Registration},
    },
    protocol::upward::Upward,
    server::{
        http::describe::{components, frames},
        service::agora::AgoraRequest,
    },
};

use super::described;
use crate::support::described::{ASYNCAPI, OPENAPI, expect_fit, fits};

fn parts(schema: &Value) -> Vec<&String> {
    schema["properties"].as_object().map(|object| object.keys().collect()).unwrap_or_default()
}

// Itself, not one of its parts.
fn may_be_null(schema: &Value) -> bool {
    let null = json!("null");
    let of_type = |schema: &Value| schema["type"] == null || schema["type"].as_array().is_some_and(|types| types.contains(&null));
    of_type(schema) || schema["oneOf"].as_array().is_some_and(|choices| choices.iter().any(of_type))
}

#[track_caller]
fn expect_whole(name: &str, schema: &Value, example: &Value) {
    expect_fit(&format!("the example of {name}"), schema, example);
    for part in parts(schema) {
        assert!(example.get(part).is_some(), "the example of {name} lacks {part}: is it still a part of the type?");
    }
}

#[test]
fn every_example_fits_its_schema_and_has_every_part() {
    for component in components::all() {
        expect_whole(component.name, &json!(component.schema), &component.example);
    }
    for (key, message) in ASYNCAPI["components"]["messages"].as_object().unwrap() {
        expect_whole(key, &message["payload"], &message["examples"][0]["payload"]);
    }
    for route in described() {
        for (status, response) in route.operation["responses"].as_object().unwrap() {
            let content = &response["content"]["application/json"];
            if content["example"].is_object() {
                expect_fit(&format!("the example of {route} {status}"), &content["schema"], &content["example"]);
            }
        }
        if let Some((schema, example)) = route.body() {
            expect_fit(&format!("the example of the body of {route}"), schema, example);
        }
    }
}

/// Whether a type reads what its schema says: all of it, each part absent, null or given alone, and other parts or not.
#[track_caller]
fn expect_read<T: DeserializeOwned>(name: &str, checked: impl Fn(T) -> bool) {
    let component = components::all().into_iter().find(|component| component.name == name).unwrap();
    let schema = json!(component.schema);
    let reads = |value: &Value| serde_json::from_value(value.clone()).is_ok_and(&checked);
    assert!(reads(&component.example), "{name} does not read its example");
    let same = |value: &Value, what: &str| assert_eq!(reads(value), fits(&schema, value), "left: {name} is read; right: it is as described; {what}: {value}");
    assert!(fits(&schema, &component.example), "{name}");
    for part in parts(&schema) {
        let mut without = component.example.clone();
        without.as_object_mut().unwrap().remove(part);
        same(&without, &format!("without {part}"));
        let mut null = component.example.clone();
        null[part] = Value::Null;
        same(&null, &format!("with {part}: null"));
        same(&json!({ part.as_str(): component.example[part] }), &format!("{part} alone"));
    }
    let mut more = component.example.clone();
    more["noSuchPart"] = json!(1);
    same(&more, "a part that is not described");
    same(&json!({}), "nothing");
}

#[test]
fn inputs_are_read_as_they_are_described() {
    expect_read::<Registration>("Registration", |input| input.checked().is_ok());
    expect_read::<Credentials>("Credentials", |_| true);
    expect_read::<AgoraRequest>("AgoraRequest", |_| true);
    expect_read::<ProductInput>("NewProduct", |input| input.checked_new().is_ok());
    expect_read::<ProductInput>("ProductInput", |input| input.checked().is_ok());
    expect_read::<ChatRulesUpdate>("ChatRulesInput", |input| input.checked().is_ok());
    expect_read::<NewSanction>("MuteInput", |input| input.checked(SanctionKind::Mute).is_ok());
    expect_read::<NewSanction>("BanInput", |input| input.checked(SanctionKind::Ban).is_ok());
    expect_read::<NewSanction>("AccountBanInput", |input| input.user_id.is_some() && input.checked(SanctionKind::Ban).is_ok());
    expect_read::<NewLivestream>("NewLivestream", |input| input.checked().is_ok());
    expect_read::<LivestreamUpdate>("LivestreamUpdate", |input| input.checked().is_ok());
    expect_read::<LineInput>("LineInput", |_| true);
    expect_read::<LineInput>("OrderLine", |_| true);
    expect_read::<CartInput>("CartInput", |input| input.checked().is_ok());
    expect_read::<NewOrder>("NewOrder", |input| input.checked().is_ok());
    let sends = |contact, address| NewOrder { items: vec![line()], contact: Some(contact), address: Some(address), ..Default::default() }.checked().is_ok();
    expect_read::<Contact>("ContactInput", |contact| sends(contact, example("AddressInput")));
    expect_read::<Address>("AddressInput", |address| sends(example("ContactInput"), address));
}

fn line() -> LineInput {
    example("OrderLine")
}

fn example<T: DeserializeOwned>(name: &str) -> T {
    let component = components::all().into_iter().find(|component| component.name == name).unwrap();
    serde_json::from_value(component.example).unwrap()
}

#[test]
fn frames_of_clients_are_read_as_they_are_described() {
    for frame in frames::upward::all() {
        let schema = json!(frame.schema);
        let reads = |value: &Value| Upward::read(&value.to_string()).is_ok();
        assert!(reads(&frame.example), "{}: {}", frame.name, frame.example);
        let required = schema["required"].as_array().unwrap();
        for part in parts(&schema) {
            let mut without = frame.example.clone();
            without.as_object_mut().unwrap().remove(part);
            assert_eq!(reads(&without), !required.contains(&json!(part)), "{} without {part}", frame.name);
            let mut null = frame.example.clone();
            null[part] = Value::Null;
            let nullable = may_be_null(&schema["properties"][part]);
            assert_eq!(reads(&null), nullable, "{} with {part}: null", frame.name);
        }
        let mut more = frame.example.clone();
        more["noSuchPart"] = json!(1);
        assert!(reads(&more), "{}: unknown parts are ignored", frame.name);
    }
}

#[test]
fn every_operation_belongs_to_a_group_and_says_what_it_does() {
    let groups: Vec<&Value> = OPENAPI["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    for route in described() {
        assert!(groups.contains(&&route.operation["tags"][0]), "{route}");
        assert!(route.operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{route}");
        let answers = route.operation["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with(['1', '2'])), "{route} never succeeds");
    }
}
