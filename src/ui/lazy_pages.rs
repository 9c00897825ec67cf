//! Pages whose code comes with the first of them that is opened, so that who only watches never waits for it.

use leptos::{prelude::*, wasm_split::SplitLoaderError};

use super::components::{empty::Empty, icon::Glyph};
use crate::live::page;

/// Makes a route of each page, all in one chunk: `lazy_pages! { chunk: Route => Page, … }`, once per module.
///
/// One chunk, not one per page: what pages share would be split off for every set of pages that shares it. Not by `lazy`,
/// which takes everything down, the show in its corner as well, where the code cannot be fetched.
macro_rules! lazy_pages {
    ($chunk:ident: $($(#[$about:meta])* $route:ident => $page:ident),+ $(,)?) => {
        #[allow(clippy::enum_variant_names, reason = "a page is named by its route")]
        enum Page {
            $($route),+
        }

        #[::leptos::wasm_split::wasm_split($chunk, wasm_split_path = ::leptos::wasm_split, preload(fetch), fallible)]
        fn page(page: Page) -> Result<::leptos::prelude::AnyView, ::leptos::wasm_split::SplitLoaderError> {
            Ok(match page {
                $(Page::$route => ::leptos::view! { <$page /> }.into_any()),+
            })
        }

        $(
            $(#[$about])*
            pub struct $route;

            impl ::leptos_router::LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_this: Self) -> ::leptos::prelude::AnyView {
                    // So that the browser fetches it along with the page that the server rendered.
                    ::leptos::prefetch_lazy_fn_on_server(stringify!($chunk));
                    $crate::ui::lazy_pages::or_say_so(page(Page::$route).await)
                }

                async fn preload() {
                    $crate::ui::lazy_pages::or_leave_plain(fetch().await).await;
                }
            }
        )+
    };
}

pub(super) use lazy_pages;

/// Where the code of the page that the server rendered could not be fetched, that page stays as it is: it is loaded once
/// more, and if that does not help its forms and links must do. Later on [`or_say_so`] looks at what came.
pub(super) async fn or_leave_plain(fetched: Result<(), SplitLoaderError>) {
    if fetched.is_err() && !page::is_marked("hydrated") {
        page::fail("the code of this page could not be fetched");
        std::future::pending::<()>().await;
    }
}

/// The page, or what stands in its place where its code could not be fetched.
pub(super) fn or_say_so(view: Result<AnyView, SplitLoaderError>) -> AnyView {
    match view {
        Ok(view) => view,
        Err(_) => view! {
            <div class="page" data-testid="not-fetched">
                <Empty glyph=Glyph::Alert title="This page could not be loaded" text="The connection broke off. Everything else goes on.">
                    <a class="btn btn-primary" href="" rel="external">
                        "Load it again"
                    </a>
                </Empty>
            </div>
        }
        .into_any(),
    }
}
