//! What a show that is over is called. A plain form: it works without script.

use leptos::prelude::*;

use crate::{
    api::livestreams::RenameLivestream,
    domain::livestream::Livestream,
    ui::components::{
        field::{Field, Presence},
        notice::{Notice, Tone},
    },
};

/// Title and description.
#[component]
pub fn Details(show: Livestream) -> impl IntoView {
    let update = ServerAction::<RenameLivestream>::new();
    let refusal = Signal::derive(move || update.value().with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())));
    let mistake = move |field: &'static str| Signal::derive(move || refusal.with(|refusal| refusal.as_ref()?.fields.get(field).map(str::to_owned)));
    let is_saved = move || update.value().with(|value| matches!(value, Some(Ok(_)))) && !update.pending().get();
    view! {
        <section class="card flex flex-col gap-4 p-5" aria-label="Title and description">
            <h2 class="text-xl sm:text-xl">"Title and description"</h2>
            <ActionForm action=update>
                <div class="flex flex-col gap-4">
                    {move || refusal.get().filter(|refusal| refusal.fields.is_empty()).map(|refusal| view! { <Notice tone=Tone::Bad text=refusal.message /> })}
                    <input type="hidden" name="id" value=show.id.to_string() />
                    <Field
                        name="title"
                        test_id="replay-title"
                        label="Title"
                        max_length=120
                        value=show.title.clone()
                        required=Presence::Required
                        mistake=mistake("title")
                    />
                    <div>
                        <label class="label" for="description">
                            "Description"
                        </label>
                        <textarea class="input" id="description" name="description" rows="4" maxlength="2000">
                            {show.description.clone()}
                        </textarea>
                        {move || mistake("description").get().map(|mistake| view! { <p class="mistake">{mistake}</p> })}
                    </div>
                    <p class="flex items-center gap-3">
                        <button type="submit" class="btn btn-quiet" disabled=move || update.pending().get() data-testid="save-details">
                            "Save"
                        </button>
                        <span class="text-good text-sm" aria-live="polite">
                            {move || is_saved().then_some("Saved.")}
                        </span>
                    </p>
                </div>
            </ActionForm>
        </section>
    }
}
