//! How far an order has come, for the eye and in a sentence.

use leptos::prelude::*;

use crate::domain::order::{Order, OrderStatus, PaymentMethod};

/// The status as a badge.
#[component]
pub fn OrderBadge(status: OrderStatus) -> impl IntoView {
    let class = match status {
        OrderStatus::PendingPayment => "badge badge-soon",
        OrderStatus::Paid | OrderStatus::Shipped => "badge badge-good",
        OrderStatus::Delivered => "badge badge-done",
        OrderStatus::Cancelled => "badge badge-bad",
    };
    view! {
        <span class=class data-testid="order-status" data-status=status.as_str()>
            {status.label()}
        </span>
    }
}

/// What the status means for the one who ordered.
pub fn for_the_customer(order: &Order) -> &'static str {
    match (order.status, order.payment_method) {
        (OrderStatus::PendingPayment, PaymentMethod::OnDelivery) => "We have your order. You pay when it arrives.",
        (OrderStatus::PendingPayment, PaymentMethod::Card | PaymentMethod::Test) => "We have your order and wait for the payment.",
        (OrderStatus::Paid, _) => "It is paid, and packed next.",
        (OrderStatus::Shipped, _) => "It has left the shop.",
        (OrderStatus::Delivered, _) => "It has arrived. Enjoy it.",
        (OrderStatus::Cancelled, _) if order.refund_due() => "It was cancelled. The shop gives your money back.",
        (OrderStatus::Cancelled, _) => "It was cancelled. Nothing will be sent.",
    }
}

/// How it is paid.
pub const fn payment_in_words(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::OnDelivery => "On delivery",
        PaymentMethod::Card => "By card",
        PaymentMethod::Test => "Test payment, without money",
    }
}

/// What happens when it is paid so.
pub const fn payment_promise(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::OnDelivery => "You pay when the parcel arrives.",
        PaymentMethod::Card => "You pay next, on a secure page.",
        PaymentMethod::Test => "For trying the shop out: nobody pays anything.",
    }
}
