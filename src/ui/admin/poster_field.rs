//! The picture of a show: chosen or dropped, sent at once, kept by its path.

use leptos::prelude::*;

use crate::{
    live::assist::picture::{PictureUpload, Upload},
    ui::{
        components::icon::{Glyph, Icon},
        ready::use_ready,
    },
};

/// The picture, and the place to choose another. Choosing one needs the script; the rest of the form does not.
#[component]
pub fn PosterField(
    /// The path it begins with; empty for none.
    path: String,
    mistake: Signal<Option<String>>,
) -> impl IntoView {
    let upload = PictureUpload::of_shows();
    let ready = use_ready();
    let path = RwSignal::new(path);
    let over = RwSignal::new(false);
    let keep = move |sent: String| path.set(sent);
    view! {
        <div class="flex flex-col gap-2">
            <p class="label">"Picture " <span class="text-muted font-normal">"(optional)"</span></p>
            <input type="hidden" name="plan[poster]" value=move || path.get() prop:value=move || path.get() />
            {move || {
                let path = path.get();
                (!path.is_empty()).then(|| view! { <img class="aspect-video w-full max-w-sm rounded-field object-cover" src=path alt="" data-testid="poster" /> })
            }}
            <label
                class="border-line-strong hover:bg-sunken needs-script flex min-h-14 max-w-sm cursor-pointer items-center justify-center gap-2 rounded-field border border-dashed px-4 text-center text-sm focus-within:outline-3"
                class:drop-here=over
                class:opacity-50=move || !ready.get()
                on:dragover=move |event| {
                    event.prevent_default();
                    over.set(true);
                }
                on:dragleave=move |_| over.set(false)
                on:drop=move |event| {
                    event.prevent_default();
                    over.set(false);
                    upload.send_dropped(&event, keep);
                }
            >
                <Icon glyph=Glyph::Plus />
                {move || if path.with(String::is_empty) { "Choose or drop a picture" } else { "Choose another picture" }}
                <input
                    type="file"
                    class="sr-only"
                    accept="image/jpeg,image/png,image/webp"
                    disabled=move || !ready.get()
                    data-testid="poster-file"
                    on:change=move |event| upload.send_chosen(&event, keep)
                />
            </label>
            <div aria-live="polite">
                {move || match upload.state.get() {
                    Upload::Idle => None,
                    Upload::Sending(percent) => {
                        let bar = view! { <progress class="accent-accent w-full max-w-sm" max="100" value=percent.to_string() aria-label="Sending the picture"></progress> };
                        Some(bar.into_any())
                    }
                    Upload::Failed(sentence) => Some(view! { <p class="mistake" role="alert">{sentence}</p> }.into_any()),
                }}
                {move || mistake.get().map(|sentence| view! { <p class="mistake">{sentence}</p> })}
            </div>
        </div>
    }
}
