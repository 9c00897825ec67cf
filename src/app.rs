//! The document around the app, its providers, and the route table. Nothing else.

use leptos::{
    config::LeptosOptions,
    hydration::{AutoReload, HydrationScripts},
    nonce::use_nonce,
    prelude::*,
};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};

use crate::{
    live::{page, playing::provide_playing},
    ui::{
        admin::{
            layout::AdminLayout,
            routes::{
                AnalyticsRoute, AuditRoute, EncoderRoute, JoinRoute, ModerateRoute, ModerateShowsRoute, OrdersRoute as AllOrdersRoute, PeopleRoute, PlanRoute,
                ProductsRoute, ReplayDeskRoute, SettingsRoute, ShowsRoute, StudioRoute,
            },
        },
        cart::provide_cart,
        customer::{
            live_page::LivePage,
            routes::{
                CartRoute, CheckoutRoute, HomeRoute, LoginRoute, OrderRoute, OrdersRoute, ProductRoute, RegisterRoute, ReplayRoute, ReplaysRoute, ShopRoute,
            },
            watch::{dock::Dock, watch_page::WatchPage},
        },
        layout::{Footer, Header, SkipLink},
        not_found::NotFound,
        session::provide_session,
        sharing::title_formatter,
    },
};

pub use crate::ui::{page_status::PageStatus, sharing::PageHead};

/// A page whose code could not be loaded, because the shop was updated in between, is loaded once more; then its forms and links must do.
const RELOAD_ONCE: &str = "addEventListener('unhandledrejection',()=>{try{if(performance.getEntriesByName('wrencos:hydrated').length||\
sessionStorage.wrencosReloaded)return;sessionStorage.wrencosReloaded=1}catch{return}location.reload()});\
addEventListener('load',()=>setTimeout(()=>{try{delete sessionStorage.wrencosReloaded}catch{}},10000))";

/// The worker that answers where there is no network. Where there is none to be had, the shop is the same without.
const SERVICE_WORKER: &str = ";addEventListener('load',()=>{navigator.serviceWorker?.register('/sw.js').catch(()=>{})})";

/// The HTML document. Rendered by the server alone; what is inside `body` is made interactive by the browser.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let stylesheet = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#fcf7f2" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#17100e" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/icons/touch-180.png" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="stylesheet" id="leptos" href=stylesheet />
                <script nonce=use_nonce()>{format!("{RELOAD_ONCE}{SERVICE_WORKER}")}</script>
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Providers and routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=title_formatter() />
        <Router>
            <Pages />
        </Router>
    }
}

/// Everything inside the router. Pages are rendered whole before they are sent: they can be read without script,
/// and their status is known in time.
#[component]
fn Pages() -> impl IntoView {
    provide_cart(provide_session());
    provide_playing();
    view! {
        <SkipLink />
        <Header />
        <main id="content" tabindex="-1">
            <Routes fallback=NotFound>
                <Route path=path!("/") view={Lazy::<HomeRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/live") view=LivePage ssr=SsrMode::Async />
                <Route path=path!("/live/:id") view=WatchPage ssr=SsrMode::Async />
                <Route path=path!("/replays") view={Lazy::<ReplaysRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/replays/:id") view={Lazy::<ReplayRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/shop") view={Lazy::<ShopRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/shop/:id") view={Lazy::<ProductRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/cart") view={Lazy::<CartRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/checkout") view={Lazy::<CheckoutRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/account/orders") view={Lazy::<OrdersRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/account/orders/:id") view={Lazy::<OrderRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/login") view={Lazy::<LoginRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/register") view={Lazy::<RegisterRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/moderate") view={Lazy::<ModerateShowsRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/moderate/join") view={Lazy::<JoinRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/moderate/:id") view={Lazy::<ModerateRoute>::new()} ssr=SsrMode::Async />
                <ParentRoute path=path!("/admin") view=AdminLayout ssr=SsrMode::Async>
                    <Route path=path!("") view=|| view! { <Redirect path="/admin/shows" /> } />
                    <Route path=path!("/shows") view={Lazy::<ShowsRoute>::new()} />
                    <Route path=path!("/plan/:id?") view={Lazy::<PlanRoute>::new()} />
                    <Route path=path!("/replays/:id") view={Lazy::<ReplayDeskRoute>::new()} />
                    <Route path=path!("/encoder/:id") view={Lazy::<EncoderRoute>::new()} />
                    <Route path=path!("/analytics/:id") view={Lazy::<AnalyticsRoute>::new()} />
                    <Route path=path!("/products") view={Lazy::<ProductsRoute>::new()} />
                    <Route path=path!("/orders") view={Lazy::<AllOrdersRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/people") view={Lazy::<PeopleRoute>::new()} />
                    <Route path=path!("/settings") view={Lazy::<SettingsRoute>::new()} />
                    <Route path=path!("/audit") view={Lazy::<AuditRoute>::new()} />
                    <Route path=path!("/studio/:id?") view={Lazy::<StudioRoute>::new()} />
                </ParentRoute>
            </Routes>
        </main>
        <Footer />
        <Dock />
        <Answers />
    }
}

/// Leaves a mark once the whole page answers to its visitor: tests and measurements wait for this. It is made interactive
/// last; an effect that is made earlier runs while the code of a lazy page is still on its way.
#[component]
fn Answers() -> impl IntoView {
    || {
        Effect::new(|| page::mark("hydrated"));
    }
}
