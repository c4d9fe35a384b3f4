//! The start page of an issuer: where to go.

use askama::Template;

use super::Layout;

#[derive(Debug, Template)]
#[template(path = "pages/home.html")]
pub struct Home<'a> {
    pub layout: Layout<'a>,
}
