//! The pictures of a product: chosen or dropped, sent with progress, taken away.

use leptos::prelude::*;

use crate::{
    domain::product::MAX_IMAGES,
    live::assist::picture::{PictureUpload, Upload},
    ui::components::icon::{Glyph, Icon},
};

/// The list of pictures, and the place to add one.
#[component]
pub fn PictureField(images: RwSignal<Vec<String>>, mistake: Signal<Option<String>>) -> impl IntoView {
    let upload = PictureUpload::new();
    let over = RwSignal::new(false);
    let add = move |path: String| images.update(|images| images.push(path));
    let is_full = move || images.with(Vec::len) >= MAX_IMAGES;
    let sending = move || match upload.state.get() {
        Upload::Sending(percent) => Some(percent),
        _ => None,
    };
    view! {
        <fieldset class="flex flex-col gap-2">
            <legend class="label">"Pictures"</legend>
            <ul class="flex flex-wrap gap-3">
                <For each=move || images.get() key=String::clone let:path>
                    <li class="relative">
                        <img data-testid="product-picture" class="size-24 rounded-field object-cover" src=path.clone() alt="" />
                        <button
                            type="button"
                            class="btn btn-icon btn-danger absolute -top-2 -right-2"
                            aria-label="Take this picture away"
                            on:click=move |_| images.update(|images| images.retain(|other| *other != path))
                        >
                            <Icon glyph=Glyph::Trash />
                        </button>
                    </li>
                </For>
                <li class:hidden=is_full>
                    <label
                        class="border-line-strong hover:bg-sunken flex size-24 cursor-pointer flex-col items-center justify-center gap-1 rounded-field border border-dashed text-center text-xs focus-within:outline-3"
                        class:drop-here=over
                        on:dragover=move |event| {
                            event.prevent_default();
                            over.set(true);
                        }
                        on:dragleave=move |_| over.set(false)
                        on:drop=move |event| {
                            event.prevent_default();
                            over.set(false);
                            upload.send_dropped(&event, add);
                        }
                    >
                        <Icon glyph=Glyph::Plus />
                        "Choose or drop"
                        <input
                            type="file"
                            class="sr-only"
                            accept="image/jpeg,image/png,image/webp"
                            data-testid="product-image"
                            on:change=move |event| upload.send_chosen(&event, add)
                        />
                    </label>
                </li>
            </ul>
            <div aria-live="polite">
                {move || {
                    sending()
                        .map(|percent| {
                            view! {
                                <p class="flex items-center gap-3 text-sm">
                                    <progress class="accent-accent flex-1" max="100" value=percent.to_string()></progress>
                                    {format!("{percent} %")}
                                </p>
                            }
                        })
                }}
                {move || match upload.state.get() {
                    Upload::Failed(sentence) => Some(view! { <p class="mistake" role="alert">{sentence}</p> }),
                    _ => None,
                }}
                {move || mistake.get().map(|sentence| view! { <p class="mistake">{sentence}</p> })}
            </div>
        </fieldset>
    }
}
