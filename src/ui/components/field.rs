//! A labelled input with its hint and its mistake.

use leptos::prelude::*;

/// One line of a form. The mistake, where there is one, is tied to the input for those who listen.
#[component]
pub fn Field(
    /// Name on the wire; also the element's id.
    name: &'static str,
    label: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    /// What is wrong with it, if anything.
    #[prop(into)]
    mistake: Signal<Option<String>>,
    #[prop(optional, into)] hint: Option<String>,
    /// The value it begins with.
    #[prop(optional, into)]
    value: String,
    #[prop(default = 254)] max_length: u32,
    #[prop(default = name)] test_id: &'static str,
    /// Called with the text on every change.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
    #[prop(optional)] required: Presence,
) -> impl IntoView {
    let about = format!("{name}-about");
    view! {
        <div>
            <label class="label" for=name>
                {label}
            </label>
            <input
                class="input"
                id=name
                name=name
                type=kind
                autocomplete=autocomplete
                maxlength=max_length.to_string()
                value=value
                required=required == Presence::Required
                data-testid=test_id
                aria-describedby=about.clone()
                aria-invalid=move || mistake.with(Option::is_some).then_some("true")
                on:input:target=move |event| {
                    if let Some(changed) = on_change {
                        changed.run(event.target().value());
                    }
                }
            />
            <div id=about>
                {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
                {move || mistake.get().map(|mistake| view! { <p class="mistake">{mistake}</p> })}
            </div>
        </div>
    }
}

/// Whether a field must be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Presence {
    #[default]
    Optional,
    Required,
}
