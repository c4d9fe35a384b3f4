//! The doors to the account, through HTTP.

mod sign_in;
mod sign_up;
mod throttle;
