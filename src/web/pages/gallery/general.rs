//! Samples of the pages that belong to nobody.

use super::super::error::{ErrorPage, Problem};
use super::super::home::Home;
use super::{Sample, anonymous, layout, sandbox};

pub(super) fn samples() -> Vec<Sample> {
    let mut samples = vec![
        Sample::new("home", &Home { layout: anonymous() }),
        Sample::new("home-sandbox", &Home { layout: sandbox() }),
    ];
    samples.extend(Problem::ALL.into_iter().map(|problem| {
        let view = ErrorPage { layout: layout(), problem, reference: "01JD9Q7Z4T6M" };
        Sample::new(&format!("error-{problem:?}").to_lowercase(), &view)
    }));
    samples
}
