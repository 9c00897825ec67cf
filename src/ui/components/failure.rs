//! What a page shows when its data could not be had.

use leptos::prelude::*;

use super::notice::{Notice, Tone};
use crate::{
    error::{AppError, ErrorKind},
    ui::{forbidden::Forbidden, not_found::NotFound, page_status::set_page_status},
};

/// The page for this refusal: not found, not allowed, or not now.
#[component]
pub fn Failure(error: AppError) -> impl IntoView {
    match error.kind {
        ErrorKind::NotFound | ErrorKind::Malformed => view! { <NotFound /> }.into_any(),
        ErrorKind::Forbidden => view! { <Forbidden /> }.into_any(),
        kind => {
            set_page_status(kind.status());
            view! {
                <div class="page">
                    <Notice tone=Tone::Bad text=error.message />
                    <p>
                        <a class="link" href="" rel="external">
                            "Load this page again"
                        </a>
                    </p>
                </div>
            }
            .into_any()
        }
    }
}
