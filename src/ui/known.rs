//! Pages that are made for whoever asks for them.

use leptos::prelude::*;

use super::{components::skeleton::PageSkeleton, session::use_session};
use crate::domain::user::User;

/// Makes `view` for the visitor, once it is known who that is; `None` is a guest.
///
/// Whatever loads data of its own belongs under [`once`], which this is: a server that knows its visitor early looks through
/// a suspended view up to twice before it renders it, and each time the view's data would be asked for again, by nobody,
/// under numbers that the browser then takes for its own.
#[component]
pub fn WhenKnown(view: impl Fn(Option<User>) -> AnyView + Copy + Send + Sync + 'static) -> impl IntoView {
    let session = use_session();
    view! {
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                let user = session.user.await;
                once(move || view(user))
            })}
        </Transition>
    }
}

/// A view inside a suspended one that loads data of its own: made when it is rendered, and only then.
pub fn once(view: impl FnOnce() -> AnyView + Send + 'static) -> Unsuspend<AnyView> {
    Unsuspend::new(view)
}
