//! What a moderator can do in one show, in one place for all the parts of the desk.

use leptos::prelude::*;

use super::{chat_settings::ChatSettings, line_tools::LineTools};
use crate::{
    api::moderation::{change_chat_rules, delete_message, impose_sanction, lift_sanction, show_sanctions},
    domain::{
        chat::ChatMessage,
        id::{LivestreamId, MessageId, SanctionId},
        moderation::{ChatRulesUpdate, NewSanction, Reach, Sanction, SanctionKind, span_in_words},
    },
    error::AppError,
    live::state::LiveState,
    ui::components::chat,
};

/// How far whoever sits here may reach. The server decides again, call by call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    Moderator,
    Admin,
}

/// What came of the last thing that was done here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done(String),
    Refused(String),
}

/// The desk of one show. Copy it freely.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The show, once it exists.
    pub show: Signal<Option<LivestreamId>>,
    pub power: Power,
    /// The message whose tools are open.
    pub open: RwSignal<Option<MessageId>>,
    pub outcome: RwSignal<Option<Outcome>>,
    /// Mutes and bans in force, once somebody looked.
    pub sanctions: RwSignal<Option<Vec<Sanction>>>,
}

impl Desk {
    /// The desk of a show, or of one to be.
    pub fn new(show: impl Into<Signal<Option<LivestreamId>>>, power: Power) -> Self {
        Self { show: show.into(), power, open: RwSignal::new(None), outcome: RwSignal::new(None), sanctions: RwSignal::new(None) }
    }

    /// The same as parts of the chat.
    pub fn in_chat(self) -> chat::Desk {
        chat::Desk {
            tools: Callback::new(move |message: ChatMessage| view! { <LineTools message desk=self /> }.into_any()),
            head: Callback::new(move |state: LiveState| view! { <ChatSettings state desk=self /> }.into_any()),
        }
    }

    /// Deletes a message everywhere.
    pub fn delete(self, message: MessageId) {
        self.act(move |show| async move {
            delete_message(show, message).await?;
            Ok("The message is gone.".to_owned())
        });
    }

    /// Mutes whoever wrote a message.
    pub fn mute(self, message: MessageId, minutes: u32) {
        let input = NewSanction { message_id: Some(message), minutes: Some(minutes), ..Default::default() };
        self.impose(SanctionKind::Mute, input);
    }

    /// Bans whoever wrote a message; `None`: without an end.
    pub fn ban(self, message: MessageId, minutes: Option<u32>, scope: Reach, network: bool) {
        self.impose(SanctionKind::Ban, NewSanction { message_id: Some(message), minutes, scope, network, ..Default::default() });
    }

    fn impose(self, kind: SanctionKind, input: NewSanction) {
        let time = input.minutes.map_or_else(String::new, |minutes| format!(" for {}", span_in_words(u64::from(minutes) * 60)));
        self.act(move |show| async move {
            let made = impose_sanction(show, kind, input).await?;
            let done = if kind == SanctionKind::Mute { "muted" } else { "banned" };
            if self.sanctions.try_with_untracked(Option::is_some) == Some(true) {
                self.look();
            }
            Ok(format!("{} is {done}{time}.", made.name))
        });
    }

    /// Lifts a mute or ban.
    pub fn lift(self, id: SanctionId) {
        self.act(move |show| async move {
            lift_sanction(show, id).await?;
            self.look();
            Ok("Lifted.".to_owned())
        });
    }

    /// Changes the rules of the chat; `state` shows them at once, whether or not this page has a line to the show.
    pub fn change_rules(self, state: LiveState, update: ChatRulesUpdate) {
        self.act(move |show| async move {
            let rules = change_chat_rules(show, update).await?;
            state.rules.try_set(rules);
            Ok("Saved.".to_owned())
        });
    }

    /// Reads the mutes and bans that are in force.
    pub fn look(self) {
        let Some(show) = self.show.try_get_untracked().flatten() else { return };
        leptos::task::spawn_local(async move {
            match show_sanctions(show).await {
                Ok(page) => drop(self.sanctions.try_set(Some(page.sanctions))),
                Err(error) => drop(self.outcome.try_set(Some(Outcome::Refused(error.message)))),
            }
        });
    }

    fn act<F>(self, work: impl FnOnce(LivestreamId) -> F + 'static)
    where
        F: Future<Output = Result<String, AppError>> + 'static,
    {
        let Some(show) = self.show.get_untracked() else { return };
        self.open.set(None);
        self.outcome.set(None);
        leptos::task::spawn_local(async move {
            let outcome = match work(show).await {
                Ok(sentence) => Outcome::Done(sentence),
                Err(error) => Outcome::Refused(error.message),
            };
            self.outcome.try_set(Some(outcome));
        });
    }
}
