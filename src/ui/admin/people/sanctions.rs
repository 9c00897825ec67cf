//! Everybody who is muted or banned, in any show.

use leptos::prelude::*;

use crate::{
    api::moderation::{all_sanctions, lift_any_sanction},
    domain::id::SanctionId,
    ui::{
        components::notice::{Notice, Tone},
        moderate::sanction_row::SanctionRow,
    },
};

/// The newest ones that are shown.
const SHOWN: u32 = 100;

/// The list, each with a way to lift it.
#[component]
pub fn Sanctions(notice: RwSignal<Option<String>>, changes: RwSignal<u32>) -> impl IntoView {
    let found = Resource::new(move || changes.get(), |_| all_sanctions(SHOWN, 0));
    let lift = Callback::new(move |id: SanctionId| {
        leptos::task::spawn_local(async move {
            notice.try_set(lift_any_sanction(id).await.err().map(|error| error.message));
            changes.try_update(|count| *count += 1);
        });
    });
    view! {
        <section class="card flex flex-col gap-4 p-5" aria-labelledby="sanctions">
            <h2 id="sanctions">"Muted and banned"</h2>
            <Transition>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(page) if page.sanctions.is_empty() => view! { <p class="text-muted">"Nobody."</p> }.into_any(),
                        Ok(page) => {
                            let more = page.total.saturating_sub(SHOWN.into());
                            view! {
                                <ul class="flex max-h-112 flex-col gap-3 overflow-y-auto">
                                    {page.sanctions.into_iter().map(|sanction| view! { <SanctionRow sanction lift /> }).collect_view()}
                                </ul>
                                {(more > 0).then(|| view! { <p class="text-muted text-sm">{format!("and {more} older ones")}</p> })}
                            }
                                .into_any()
                        }
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}
