//! The captions of a film: what there is, and a form for more. The form works without script.

use leptos::{
    ev::SubmitEvent,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{FormData, HtmlFormElement},
};

use super::Desk;
use crate::{
    api::replays::{add_captions, remove_captions},
    domain::captions::Captions,
    error::AppError,
    ui::{
        components::{confirm_button::ConfirmButton, icon::Glyph},
        ready::Ready,
    },
};

/// The list and the form.
#[component]
pub fn CaptionsCard(desk: Desk) -> impl IntoView {
    let id = desk.replay.with_untracked(|replay| replay.stream_id);
    let refusal = RwSignal::new(None::<AppError>);
    let sending = RwSignal::new(false);
    let mistake = move |field: &'static str| move || refusal.with(|refusal| refusal.as_ref()?.fields.get(field).map(str::to_owned));
    let keep = move |captions: Vec<Captions>| {
        desk.replay.try_update(|replay| replay.captions = captions);
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some((form, data)) = form.and_then(|form| FormData::new_with_form(&form).ok().map(|data| (form, data))) else { return };
        sending.set(true);
        refusal.set(None);
        leptos::task::spawn_local(async move {
            let answer = add_captions(data.into()).await;
            sending.try_set(false);
            match answer {
                Ok(captions) => {
                    keep(captions);
                    form.reset();
                }
                Err(error) => {
                    refusal.try_set(Some(error));
                }
            }
        });
    };
    let remove = move |captions: Captions| {
        leptos::task::spawn_local(async move {
            match remove_captions(id, captions.id).await {
                Ok(captions) => keep(captions),
                Err(error) => {
                    desk.notice.try_set(Some(error.message));
                }
            }
        });
    };
    let one_field = move |field: &'static str| {
        let mistake = mistake(field);
        view! { {move || mistake().map(|sentence| view! { <p class="mistake">{sentence}</p> })} }
    };
    view! {
        <section class="card flex flex-col gap-4 p-5" aria-label="Captions">
            <h2 class="text-xl sm:text-xl">"Captions"</h2>
            <Show
                when=move || desk.replay.with(|replay| !replay.captions.is_empty())
                fallback=|| view! { <p class="text-muted text-sm">"None yet. Captions let people follow without sound, and help those who hear little."</p> }
            >
                <Ready>
                    <ul class="divide-line flex flex-col divide-y">
                        <For each=move || desk.replay.with(|replay| replay.captions.clone()) key=|captions| captions.id let:captions>
                            <li class="flex flex-wrap items-center gap-3 py-2" data-testid="captions">
                                <span class="flex min-w-0 flex-1 flex-col">
                                    <bdi class="truncate font-semibold">{captions.label.clone()}</bdi>
                                    <span class="text-muted text-sm">{captions.language.clone()}</span>
                                </span>
                                <a class="btn btn-plain btn-small" href=captions.url.clone() rel="external" download=format!("{}.vtt", captions.language)>
                                    "Download"
                                </a>
                                <ConfirmButton
                                    label="Remove"
                                    question="Remove these captions?"
                                    yes="Remove"
                                    glyph=Glyph::Trash
                                    on_yes=Callback::new(move |()| remove(captions.clone()))
                                />
                            </li>
                        </For>
                    </ul>
                </Ready>
            </Show>
            <form method="post" action="/fn/add_captions" enctype="multipart/form-data" class="flex flex-col gap-4" on:submit=send>
                <input type="hidden" name="id" value=id.to_string() />
                <div class="grid grid-cols-[6rem_minmax(0,1fr)] gap-3">
                    <div>
                        <label class="label" for="captions-language">
                            "Language"
                        </label>
                        <input class="input" id="captions-language" name="language" required maxlength="35" placeholder="en" data-testid="captions-language" />
                    </div>
                    <div>
                        <label class="label" for="captions-label">
                            "Name "
                            <span class="text-muted font-normal">"(optional)"</span>
                        </label>
                        <input class="input" id="captions-label" name="label" maxlength="60" placeholder="English" data-testid="captions-label" />
                    </div>
                </div>
                {one_field("language")} {one_field("label")}
                <div>
                    <label class="label" for="captions-file">
                        "WebVTT file"
                    </label>
                    <input class="input" id="captions-file" type="file" name="captions" accept=".vtt,text/vtt" required data-testid="captions-file" />
                    <p class="hint">"Its times count in the film that customers see now. If you cut the film later, the captions move along."</p>
                    {one_field("captions")}
                </div>
                {move || {
                    refusal.get().filter(|refusal| refusal.fields.is_empty()).map(|refusal| view! { <p class="mistake" role="alert">{refusal.message}</p> })
                }}
                <button type="submit" class="btn btn-quiet self-start" disabled=sending data-testid="add-captions">
                    {move || if sending.get() { "Sending\u{2026}" } else { "Add captions" }}
                </button>
            </form>
        </section>
    }
}
