//! The beginning of a checkout. The order itself is placed by `orders`.

/// A key that no other checkout has: 32 hexadecimal digits.
pub fn new_key() -> String {
    format!("{:032x}", rand::random::<u128>())
}
