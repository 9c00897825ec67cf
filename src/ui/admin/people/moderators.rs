//! Who keeps order, and the links by which others come to it.

use leptos::prelude::*;

use crate::{
    api::people::{dismiss_moderator, invite_moderator, list_invitations, list_people, revoke_invitation},
    domain::{
        id::{InvitationId, UserId},
        moderation::{Invitation, NewInvitation, Person},
        user::Role,
    },
    error::AppError,
    live::assist,
    ui::components::{
        confirm_button::ConfirmButton,
        icon::{Glyph, Icon},
        notice::{Notice, Tone},
        when::{Precision, When},
    },
};

/// Moderators with a way to let them go, and invitations with a way to take them back.
#[component]
pub fn Moderators(notice: RwSignal<Option<String>>, changes: RwSignal<u32>) -> impl IntoView {
    let moderators = Resource::new(move || changes.get(), |_| list_people(Some(Role::Moderator), None, 200, 0));
    let invitations = Resource::new(move || changes.get(), |_| list_invitations());
    let made = RwSignal::new(None::<NewInvitation>);
    let settle = move |done: Result<(), AppError>| {
        notice.try_set(done.err().map(|error| error.message));
        changes.try_update(|count| *count += 1);
    };
    let invite = Action::new(move |(): &()| async move {
        match invite_moderator(None).await {
            Ok(invitation) => {
                made.try_set(Some(invitation));
                settle(Ok(()));
            }
            Err(error) => settle(Err(error)),
        }
    });
    let dismiss = Callback::new(move |id: UserId| leptos::task::spawn_local(async move { settle(dismiss_moderator(id).await) }));
    let revoke = Callback::new(move |id: InvitationId| {
        if made.with_untracked(|made| made.as_ref().is_some_and(|made| made.invitation.id == id)) {
            made.set(None);
        }
        leptos::task::spawn_local(async move { settle(revoke_invitation(id).await) });
    });
    view! {
        <section class="card flex flex-col gap-4 p-5" aria-labelledby="moderators">
            <h2 id="moderators">"Moderators"</h2>
            <p class="text-muted text-sm">"They delete messages, mute and ban, and set the rules of a show's chat. They see no orders and start nothing."</p>
            <Transition>
                {move || Suspend::new(async move {
                    match moderators.await {
                        Ok(page) if page.people.is_empty() => view! { <p class="text-muted">"Nobody yet."</p> }.into_any(),
                        Ok(page) => {
                            view! {
                                <ul class="flex flex-col gap-3">
                                    {page.people.into_iter().map(|person| view! { <Moderator person dismiss /> }).collect_view()}
                                </ul>
                            }
                                .into_any()
                        }
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
            <button
                type="button"
                class="btn btn-primary self-start"
                data-testid="invite-moderator"
                disabled=move || invite.pending().get()
                on:click=move |_| {
                    invite.dispatch(());
                }
            >
                <Icon glyph=Glyph::Plus />
                "Make an invitation"
            </button>
            {move || made.get().map(|made| view! { <Made made /> })}
            <Transition>
                {move || Suspend::new(async move {
                    invitations
                        .await
                        .ok()
                        .filter(|open| !open.is_empty())
                        .map(|open| {
                            view! {
                                <h3>"Open invitations"</h3>
                                <ul class="flex flex-col gap-3">
                                    {open.into_iter().map(|invitation| view! { <Open invitation revoke /> }).collect_view()}
                                </ul>
                            }
                        })
                })}
            </Transition>
        </section>
    }
}

#[component]
fn Moderator(person: Person, dismiss: Callback<UserId>) -> impl IntoView {
    let user = person.user;
    let id = user.id;
    view! {
        <li class="flex flex-wrap items-center gap-3" data-testid="moderator">
            <span class="flex min-w-0 flex-1 basis-48 flex-col">
                <bdi class="font-semibold">{user.name}</bdi>
                <span class="text-muted text-sm">{user.email}</span>
            </span>
            <ConfirmButton
                label="Take the role away"
                question="No moderator any more?"
                yes="Take it away"
                glyph=Glyph::Leave
                on_yes=Callback::new(move |()| dismiss.run(id))
            />
        </li>
    }
}

/// The new link: it is shown this once.
#[component]
fn Made(made: NewInvitation) -> impl IntoView {
    let link = RwSignal::new(made.link.clone().unwrap_or_else(|| made.path.clone()));
    let (known, path) = (made.link.is_some(), made.path);
    Effect::new(move || {
        if !known {
            link.set(assist::whole_address(&path));
        }
    });
    view! {
        <div class="notice notice-good flex-col" role="status">
            <label class="label mb-0" for="invitation-link">
                "Send this link to one person. It is shown only now, holds for a day, and works once."
            </label>
            <input class="input" id="invitation-link" readonly data-testid="invitation-link" prop:value=link on:focus:target=|event| event.target().select() />
        </div>
    }
}

#[component]
fn Open(invitation: Invitation, revoke: Callback<InvitationId>) -> impl IntoView {
    let id = invitation.id;
    view! {
        <li class="flex flex-wrap items-center gap-3" data-testid="invitation">
            <span class="text-muted min-w-0 flex-1 basis-48 text-sm">
                "Made by " <bdi>{invitation.created_by}</bdi> ", holds until " <When at=invitation.expires_at precision=Precision::Minute />
            </span>
            <button type="button" class="btn btn-quiet btn-small" data-testid="revoke-invitation" on:click=move |_| revoke.run(id)>
                "Take it back"
            </button>
        </li>
    }
}
