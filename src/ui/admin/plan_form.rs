//! A show to come, to enter or to change. A plain form: without script its time is in UTC, with it in the host's own zone.

use leptos::{html, prelude::*};

use super::poster_field::PosterField;
use crate::{
    api::livestreams::PlanLivestream,
    domain::{livestream::Livestream, time::Timestamp},
    live::assist::zone,
    ui::components::{
        field::{Field, Presence},
        notice::{Notice, Tone},
    },
};

/// The form. `show` absent is a new plan.
#[component]
pub fn PlanForm(show: Option<Livestream>) -> impl IntoView {
    let plan = ServerAction::<PlanLivestream>::new();
    let refusal = Signal::derive(move || plan.value().with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())));
    let mistake = move |field: &'static str| Signal::derive(move || refusal.with(|refusal| refusal.as_ref()?.fields.get(field).map(str::to_owned)));
    let begin = |get: fn(&Livestream) -> String| show.as_ref().map(get).unwrap_or_default();
    let (title, description, poster) = (begin(|show| show.title.clone()), begin(|show| show.description.clone()), begin(|show| show.thumbnail_url.clone()));
    let id = show.as_ref().map(|show| show.id);
    let heading = if id.is_some() { "Change the plan" } else { "Plan a show" };
    view! {
        <div class="page max-w-2xl">
            <h1>{heading}</h1>
            <ActionForm action=plan>
                <div class="card flex flex-col gap-5 p-5 sm:p-6">
                    {move || refusal.get().filter(|refusal| refusal.fields.is_empty()).map(|refusal| view! { <Notice tone=Tone::Bad text=refusal.message /> })}
                    {id.map(|id| view! { <input type="hidden" name="id" value=id.to_string() /> })}
                    <Field
                        name="plan[title]"
                        test_id="plan-title"
                        label="Title"
                        max_length=120
                        value=title
                        mistake=mistake("title")
                        required=Presence::Required
                    />
                    <TimeField at=show.as_ref().and_then(|show| show.scheduled_at) mistake=mistake("scheduledAt") />
                    <div>
                        <label class="label" for="plan-description">
                            "What is it about? "
                            <span class="text-muted font-normal">"(optional)"</span>
                        </label>
                        <textarea class="input min-h-28" id="plan-description" name="plan[description]" maxlength="2000" data-testid="plan-description">
                            {description}
                        </textarea>
                        {move || mistake("description").get().map(|sentence| view! { <p class="mistake">{sentence}</p> })}
                    </div>
                    <PosterField path=poster mistake=mistake("thumbnailUrl") />
                    <div class="flex flex-wrap gap-2">
                        <button type="submit" class="btn btn-primary" disabled=move || plan.pending().get() data-testid="plan-save">
                            {move || if plan.pending().get() { "Saving\u{2026}" } else { "Save the plan" }}
                        </button>
                        <a class="btn btn-quiet" href="/admin/shows">
                            "Back"
                        </a>
                    </div>
                </div>
            </ActionForm>
        </div>
    }
}

/// Day and time. Which clock they are read by goes along, for the very day that is chosen: summer and winter differ.
#[component]
fn TimeField(at: Option<Timestamp>, mistake: Signal<Option<String>>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let in_utc = at.map(|at| at.to_local(0)).unwrap_or_default();
    let before = in_utc.clone();
    let offset_minutes = RwSignal::new(0);
    let zone = RwSignal::new("UTC".to_owned());
    Effect::new(move || {
        let Some(input) = input.get() else { return };
        // What was typed before the script came was meant by the host's own clock too.
        if let Some(at) = at.filter(|_| input.value() == before) {
            input.set_value(&at.to_local(zone::offset_minutes(at)));
        }
        offset_minutes.set(zone::offset_minutes_of(&input.value()).unwrap_or(0));
        zone.set(zone::name().unwrap_or_else(|| "your own clock".to_owned()));
    });
    view! {
        <div>
            <label class="label" for="plan-at">
                "When?"
            </label>
            <input
                class="input"
                id="plan-at"
                node_ref=input
                name="plan[at]"
                type="datetime-local"
                value=in_utc
                required
                data-testid="plan-at"
                aria-describedby="plan-at-about"
                aria-invalid=move || mistake.with(Option::is_some).then_some("true")
                on:input:target=move |event| offset_minutes.set(zone::offset_minutes_of(&event.target().value()).unwrap_or(0))
            />
            <input type="hidden" name="plan[offset_minutes]" value=move || offset_minutes.get().to_string() prop:value=move || offset_minutes.get().to_string() />
            <div id="plan-at-about">
                <p class="hint">"Time zone: " <span data-testid="plan-zone">{zone}</span></p>
                {move || mistake.get().map(|sentence| view! { <p class="mistake">{sentence}</p> })}
            </div>
        </div>
    }
}
