//! WrenCOS: live shopping that a shop hosts itself. `src/ARCHITECTURE.md` is the map.
// A page's view is one type made of all its parts; the layout of the largest is deeper than the compiler's default allows.
#![recursion_limit = "512"]

#[cfg(not(erase_components))]
compile_error!("RUSTFLAGS hides the flags of .cargo/config.toml: add `--cfg erase_components` to it, or unset it");

pub mod api;
pub mod app;
pub mod browser;
pub mod domain;
pub mod error;
pub mod live;
pub mod protocol;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;

/// Entry point in the browser: makes the page that the server rendered interactive.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(app::App);
}
