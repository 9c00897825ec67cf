//! The shop's list of words that nobody may use in a chat.

use leptos::prelude::*;

use crate::{
    api::moderation::{SetBlockedWords, blocked_words},
    ui::components::notice::{Notice, Tone},
};

/// The list as a form: one word a line. Works without script.
#[component]
pub fn Words() -> impl IntoView {
    let save = ServerAction::<SetBlockedWords>::new();
    let words = Resource::new(move || save.version().get(), |_| blocked_words());
    view! {
        <section class="card flex flex-col gap-4 p-5" id="words" aria-labelledby="words-title">
            <h2 id="words-title">"Blocked words"</h2>
            <p class="text-muted text-sm">
                "One word or phrase a line, for every show. Case, accents, spaces between letters and digits for letters make no difference. \
                 A star at the end stands for all words that begin so: scam*."
            </p>
            <Transition>
                {move || Suspend::new(async move {
                    match words.await {
                        Ok(words) => view! { <Form words save /> }.into_any(),
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

#[component]
fn Form(words: Vec<String>, save: ServerAction<SetBlockedWords>) -> impl IntoView {
    let rows = words.len().clamp(4, 12).to_string();
    let text = words.join("\n");
    view! {
        <ActionForm action=save>
            <div class="flex flex-col gap-3">
                {move || {
                    save.value()
                        .get()
                        .map(|answer| match answer {
                            Ok(kept) => view! { <Notice tone=Tone::Good text=format!("Saved: {} on the list.", kept.len()) /> },
                            Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> },
                        })
                }}
                <label class="sr-only" for="words-text">
                    "Blocked words, one a line"
                </label>
                <textarea class="input" id="words-text" name="words" rows=rows spellcheck="false" data-testid="blocked-words">
                    {text}
                </textarea>
                <button type="submit" class="btn btn-primary self-start" data-testid="save-words" disabled=move || save.pending().get()>
                    "Save the list"
                </button>
            </div>
        </ActionForm>
    }
}
