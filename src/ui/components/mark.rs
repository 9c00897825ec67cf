//! The mark of WrenCOS: a wren with its tail up, and the name beside it.

use leptos::prelude::*;

/// The mark and the name.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="size-9 shrink-0" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <rect class="fill-accent" width="32" height="32" rx="9" />
            <path
                class="fill-on-accent"
                d="M4.900 7.200c2.700 1.400 4.600 3.400 5.700 6.100 1.600-1.800 3.900-2.900 6.500-3 .900-2.500 3-4.100 5.400-4.100 2.900 0 5.100 2 5.300 4.700l2 1.200-2.200.900c-.300 1.900-.800 3.700-1.500 5.300-1.800 4.200-5.400 6.500-9.700 6.500-5.400 0-9.500-4-9.700-9.300-.100-3.200-.700-5.900-1.800-8.300z"
            />
            <circle class="fill-accent" cx="23.400" cy="10.300" r="1.250" />
            <path class="stroke-accent fill-none" stroke-width="1.400" stroke-linecap="round" d="M11.600 16.600c1.500 2.700 4.300 3.800 8 2.900" />
            <path class="stroke-on-accent fill-none" stroke-width="1.700" stroke-linecap="round" d="M14.500 24v3.600M18.500 24v3.600" />
        </svg>
        <span class="font-display text-ink text-xl font-semibold max-[26rem]:sr-only">"WrenCOS"</span>
    }
}
