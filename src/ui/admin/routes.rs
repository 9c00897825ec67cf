//! The pages of hosts and moderators.

use leptos::prelude::*;

use super::{
    analytics::analytics_page::AnalyticsPage,
    encoder_page::EncoderPage,
    orders_page::OrdersPage,
    people::{audit_page::AuditPage, people_page::PeoplePage},
    plan_page::PlanPage,
    products_page::ProductsPage,
    replay::replay_page::ReplayDeskPage,
    settings_page::SettingsPage,
    shows_page::ShowsPage,
    studio::studio_page::StudioPage,
};
use crate::ui::{
    lazy_pages::lazy_pages,
    moderate::{join_page::JoinPage, moderate_page::ModeratePage, shows_page::ModerateShowsPage},
};

lazy_pages! { admin:
    /// All shows.
    ShowsRoute => ShowsPage,
    /// A show to come.
    PlanRoute => PlanPage,
    /// A show that is over.
    ReplayDeskRoute => ReplayDeskPage,
    /// A show whose camera is an encoder.
    EncoderRoute => EncoderPage,
    /// The numbers of a show.
    AnalyticsRoute => AnalyticsPage,
    /// All products.
    ProductsRoute => ProductsPage,
    /// All orders.
    OrdersRoute => OrdersPage,
    /// The disk and its limits.
    SettingsRoute => SettingsPage,
    /// Everybody.
    PeopleRoute => PeoplePage,
    /// What was done.
    AuditRoute => AuditPage,
    /// A new show, or one that exists.
    StudioRoute => StudioPage,
    /// The chats there are.
    ModerateShowsRoute => ModerateShowsPage,
    /// One show with the tools of its chat.
    ModerateRoute => ModeratePage,
    /// An invitation to moderate.
    JoinRoute => JoinPage,
}
