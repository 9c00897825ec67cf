//! What a show needs before it can begin: a title, and a press of the big button.

use leptos::prelude::*;

use super::host::{Host, another_is_live};
use crate::{
    api::livestreams::active_livestream,
    domain::livestream::{LivestreamStatus, NewLivestream},
    ui::components::{
        field::{Field, Presence},
        icon::{Glyph, Icon},
        notice::{Notice, Tone},
    },
};

/// The form before the show.
#[component]
pub fn Setup(host: Host) -> impl IntoView {
    let title = RwSignal::new(String::new());
    let description = RwSignal::new(String::new());
    let mistake = move |field: &'static str| Signal::derive(move || host.refusal.with(|refusal| refusal.as_ref()?.fields.get(field).map(str::to_owned)));
    let exists = move || host.show.with(Option::is_some);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        host.go_live(NewLivestream { title: title.get_untracked(), description: description.get_untracked(), ..Default::default() });
    };
    let words = move || match host.show.with(|show| show.as_ref().map(|show| show.status)) {
        _ if host.busy.get() => "Going on air\u{2026}",
        Some(LivestreamStatus::Live) => "Go back on air",
        _ => "Go live",
    };
    view! {
        <form class="card flex flex-col gap-4 p-4 sm:p-5" on:submit=submit>
            {move || host.refusal.get().filter(|refusal| refusal.fields.is_empty()).map(|refusal| view! { <Refused host refusal /> })}
            <Show when=move || !exists()>
                <Field
                    name="title"
                    test_id="show-title"
                    label="Title"
                    max_length=120
                    mistake=mistake("title")
                    on_change=Callback::new(move |text| title.set(text))
                    required=Presence::Required
                />
                <div>
                    <label class="label" for="description">
                        "What is it about? "
                        <span class="text-muted font-normal">"(optional)"</span>
                    </label>
                    <textarea
                        class="input min-h-20"
                        id="description"
                        maxlength="2000"
                        data-testid="show-description"
                        on:input:target=move |event| description.set(event.target().value())
                    ></textarea>
                </div>
                <label class="flex min-h-11 items-center gap-3">
                    <input
                        type="checkbox"
                        class="check"
                        data-testid="record-show"
                        prop:checked=host.record
                        on:change:target=move |event| host.record.set(event.target().checked())
                    />
                    <span>
                        "Record this show "
                        <span class="text-muted">"for a replay that people can shop from"</span>
                    </span>
                </label>
            </Show>
            <button type="submit" class="btn btn-primary btn-big" data-testid="go-live" disabled=host.busy>
                <Icon glyph=Glyph::Bird />
                {words}
            </button>
            {move || {
                let id = host.show.with(|show| show.as_ref().map(|show| show.id))?;
                Some(
                    view! {
                        <a class="link inline-flex min-h-11 items-center self-start" href=format!("/admin/encoder/{id}") data-testid="use-encoder">
                            "Send the picture from OBS or another encoder"
                        </a>
                    },
                )
            }}
        </form>
    }
}

/// Why it did not begin; where another show is in the way, the way to it.
#[component]
fn Refused(host: Host, refusal: crate::error::AppError) -> impl IntoView {
    let blocked = another_is_live(&refusal);
    let to_other = move |_| {
        leptos::task::spawn_local(async move {
            match active_livestream().await {
                Ok(Some(other)) => host.open_other(other.id),
                // It has ended meanwhile: nothing is in the way any more.
                Ok(None) => host.refusal.set(None),
                Err(error) => host.refusal.set(Some(error)),
            }
        });
    };
    view! {
        <Notice tone=Tone::Bad text=refusal.message />
        {blocked
            .then(|| {
                view! {
                    <button type="button" class="btn btn-quiet self-start" on:click=to_other>
                        "Open the studio of the live show"
                    </button>
                }
            })}
    }
}
