//! An invitation to keep order, and the one button that takes it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::people::JoinModerators,
    domain::user::User,
    ui::{
        components::notice::{Notice, Tone},
        customer::signed_in::SignedIn,
        session::use_session,
    },
};

/// The page that an invitation leads to. Opening it changes nothing: links are followed by machines, too.
#[component]
pub fn JoinPage() -> impl IntoView {
    view! { <SignedIn view=|user| view! { <Join user /> }.into_any() /> }
}

#[component]
fn Join(user: User) -> impl IntoView {
    let query = use_query_map();
    let code = move || query.with(|query| query.get("code")).unwrap_or_default();
    let join = ServerAction::<JoinModerators>::new();
    let session = use_session();
    let refusal = Signal::derive(move || join.value().with(|value| value.as_ref().and_then(|value| value.as_ref().err().map(|error| error.message.clone()))));
    Effect::new(move || {
        if join.value().with(|value| value.as_ref().is_some_and(Result::is_ok)) {
            session.user.refetch();
        }
    });
    view! {
        <Title text="Become a moderator" />
        <div class="page max-w-lg">
            <h1>"Keep order with us"</h1>
            <div class="card flex flex-col gap-4 p-5 sm:p-6">
                {move || refusal.get().map(|text| view! { <Notice tone=Tone::Bad text /> })}
                <p>
                    "This shop invites you, " <bdi class="font-semibold">{user.name}</bdi>
                    ", to be a moderator: you can delete messages, mute and ban people, and set the rules of the chat during its shows."
                </p>
                <ActionForm action=join>
                    <input type="hidden" name="code" value=code />
                    <button class="btn btn-primary" type="submit" data-testid="join-moderators" disabled=move || join.pending().get()>
                        "Become a moderator"
                    </button>
                </ActionForm>
            </div>
        </div>
    }
}
