//! For how long what is in the cart is held back, and holding it again. Leaving the page lets go of it.

use leptos::prelude::*;

use crate::{
    api::checkout::{hold_cart, release_hold},
    domain::{checkout::Hold, time::clock},
    error::AppError,
    live::assist,
    ui::components::icon::{Glyph, Icon},
};

/// Where a page that is closed says which hold it leaves.
const RELEASE: &str = "/fn/release_hold";

/// The clock. What is refused goes to `refused`, and away when it is held after all.
#[component]
pub fn HoldClock(hold: Option<Hold>, refused: RwSignal<Option<AppError>>) -> impl IntoView {
    // The same on both sides until the first second has passed.
    let left = RwSignal::new(hold.as_ref().map_or(0, |hold| hold.seconds_left));
    let held = RwSignal::new(hold);
    let asking = RwSignal::new(false);
    Effect::new(move || {
        let Some(hold) = held.get() else { return };
        let until = assist::now().plus_millis(i64::from(hold.seconds_left) * 1000);
        let tick = move || {
            left.try_set(u32::try_from(until.millis_since(assist::now()).div_ceil(1000)).unwrap_or(u32::MAX));
        };
        tick();
        assist::every(1000, tick);
        assist::on_page_left(RELEASE, "id", hold.id.clone());
        on_cleanup(move || {
            leptos::task::spawn_local(async move {
                // It ends by itself soon enough.
                let _ = release_hold(hold.id).await;
            });
        });
    });
    let again = move || {
        asking.set(true);
        leptos::task::spawn_local(async move {
            match hold_cart().await {
                Ok(hold) => {
                    refused.try_set(None);
                    left.try_set(hold.seconds_left);
                    held.try_set(Some(hold));
                }
                Err(error) => {
                    held.try_set(None);
                    refused.try_set(Some(error));
                }
            }
            asking.try_set(false);
        });
    };
    // What was held was let go of when the page was left; kept by the browser, it still shows the clock of then.
    Effect::new(move || assist::on_page_back(again));
    let is_held = Memo::new(move |_| held.with(Option::is_some) && left.get() > 0);
    let was_held = Memo::new(move |_| held.with(Option::is_some));
    view! {
        <div class="notice notice-calm items-center" data-testid="hold" data-held=move || is_held.get().to_string()>
            <Icon glyph=Glyph::Clock />
            {move || {
                if is_held.get() {
                    view! {
                        <p class="flex-1">
                            "Held for you for "
                            <strong class="tabular-nums" role="timer" data-testid="hold-left">
                                {move || clock(left.get().into())}
                            </strong>
                        </p>
                    }
                        .into_any()
                } else {
                    view! {
                        <p class="flex-1" role="status">
                            {move || if was_held.get() { "The time is over. Others can buy these now, and so can you." } else { "Nothing is held for you." }}
                        </p>
                        <button type="button" class="btn btn-quiet btn-small needs-script" data-testid="hold-again" disabled=asking on:click=move |_| again()>
                            "Hold again"
                        </button>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
