//! Turns what was written into what it means. Every refusal says what would be accepted instead.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use super::problem::Wrong;
use super::source::Raw;

pub(super) fn text(raw: &Raw) -> Result<String, Wrong> {
    match raw {
        Raw::One(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        Raw::One(_) => Err(Wrong::new("is empty.", "Write a value.")),
        Raw::Many(_) => Err(Wrong::new("is a list.", "Write one value.")),
    }
}

/// Empty means: not set.
pub(super) fn optional<T>(parse: impl Fn(&Raw) -> Result<T, Wrong>) -> impl Fn(&Raw) -> Result<Option<T>, Wrong> {
    move |raw| if raw.text().trim().is_empty() { Ok(None) } else { parse(raw).map(Some) }
}

pub(super) fn list<T>(parse: impl Fn(&Raw) -> Result<T, Wrong>) -> impl Fn(&Raw) -> Result<Vec<T>, Wrong> {
    move |raw| raw.items().into_iter().map(|item| parse(&Raw::One(item))).collect()
}

pub(super) fn path(raw: &Raw) -> Result<PathBuf, Wrong> {
    text(raw).map(PathBuf::from)
}

/// A number with a unit: `90s`, `15m`, `12h`, `30d`.
pub(super) fn duration(raw: &Raw) -> Result<Duration, Wrong> {
    let wrong = || Wrong::new("is not a duration.", "Write a number and a unit, such as 90s, 15m, 12h or 30d.");
    let text = text(raw)?;
    let (number, unit) = split_unit(&text);
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_not_a_number| wrong())?;
    // A century is more than any of our lifetimes needs, and keeps sums of times far from overflow.
    let seconds = number.checked_mul(seconds).filter(|seconds| *seconds <= 100 * 366 * 24 * 60 * 60);
    seconds.map(Duration::from_secs).ok_or_else(|| Wrong::new("is longer than a century.", "Write a shorter duration."))
}

/// The same for a command's argument.
///
/// # Errors
/// Says what is wrong and what would be accepted.
pub fn written_duration(text: &str) -> Result<Duration, Wrong> {
    lifetime(&Raw::One(text.to_owned()))
}

/// A duration that must pass: zero would switch off what it limits.
pub(super) fn lifetime(raw: &Raw) -> Result<Duration, Wrong> {
    match duration(raw)? {
        Duration::ZERO => Err(Wrong::new("is zero.", "Write a duration of at least 1s.")),
        lifetime => Ok(lifetime),
    }
}

/// A number of bytes with a unit: `512B`, `64KiB`, `2MiB`.
pub(super) fn size(raw: &Raw) -> Result<usize, Wrong> {
    let wrong = || Wrong::new("is not a size.", "Write a number and a unit, such as 512B, 64KiB or 2MiB.");
    let text = text(raw)?;
    let (number, unit) = split_unit(&text);
    let bytes: usize = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(wrong()),
    };
    let number: usize = number.parse().map_err(|_not_a_number| wrong())?;
    number.checked_mul(bytes).filter(|size| *size > 0).ok_or_else(wrong)
}

fn split_unit(text: &str) -> (&str, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
    (number, unit.trim_start())
}

/// A whole number from `least` up.
pub(super) fn number<T: TryFrom<u64>>(least: u64) -> impl Fn(&Raw) -> Result<T, Wrong> {
    move |raw| {
        let parsed = text(raw)?.replace('_', "").parse().ok().filter(|number| *number >= least);
        let wrong = || Wrong::new("is not such a number.", format!("Write a whole number of at least {least}."));
        parsed.and_then(|number: u64| T::try_from(number).ok()).ok_or_else(wrong)
    }
}

pub(super) fn boolean(raw: &Raw) -> Result<bool, Wrong> {
    choice(&[("true", true), ("false", false)])(raw)
}

/// One of a few words.
pub(super) fn choice<T: Clone>(choices: &[(&'static str, T)]) -> impl Fn(&Raw) -> Result<T, Wrong> {
    move |raw| {
        let text = text(raw)?;
        let found = choices.iter().find(|(word, _)| *word == text);
        found.map(|(_, meaning)| meaning.clone()).ok_or_else(|| {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            Wrong::new("is not one of the choices.", format!("Write {}.", words.join(" or ")))
        })
    }
}

pub(super) fn socket_address(raw: &Raw) -> Result<SocketAddr, Wrong> {
    let wrong = |_| Wrong::new("is not an address with a port.", "Write 127.0.0.1:8080 or [::1]:8080.");
    text(raw)?.parse().map_err(wrong)
}

/// A network in CIDR form, or one address.
pub(super) fn network(raw: &Raw) -> Result<IpNet, Wrong> {
    let text = text(raw)?;
    let wrong = |_| Wrong::new("is not a network.", "Write 10.0.0.0/8, fd00::/8 or one address.");
    text.parse().or_else(|_not_cidr| text.parse::<IpAddr>().map(IpNet::from).map_err(wrong))
}

pub(super) fn address(raw: &Raw) -> Result<Url, Wrong> {
    let wrong = |_| Wrong::new("is not an absolute address.", "Write one such as https://shop.example/mcp.");
    Url::parse(&text(raw)?).map_err(wrong)
}

/// At least one item.
pub(super) fn some<T>(parse: impl Fn(&Raw) -> Result<Vec<T>, Wrong>) -> impl Fn(&Raw) -> Result<Vec<T>, Wrong> {
    move |raw| match parse(raw)? {
        items if items.is_empty() => Err(Wrong::new("is empty.", "Write at least one.")),
        items => Ok(items),
    }
}

/// How many worker threads: `auto` is one for each core.
pub(super) fn workers(raw: &Raw) -> Result<usize, Wrong> {
    if raw.text() == "auto" {
        return Ok(std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get));
    }
    number(1)(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Raw {
        Raw::One(text.to_owned())
    }

    #[test]
    fn durations_have_one_unit() {
        let seconds = |text| duration(&one(text)).map(|duration| duration.as_secs()).ok();
        assert_eq!(
            ["90s", "15m", "12h", "30d", "0s"].map(seconds),
            [Some(90), Some(900), Some(43_200), Some(2_592_000), Some(0)]
        );
        assert_eq!(
            ["", "90", "s", "-1s", "1.5h", "1w", "1h30m", "99999999999999999999s", "40000d"].map(seconds),
            [None; 9]
        );
        assert!(lifetime(&one("0s")).is_err());
    }

    #[test]
    fn sizes_have_a_binary_unit() {
        let bytes = |text| size(&one(text)).ok();
        assert_eq!(["512B", "64KiB", "2 MiB"].map(bytes), [Some(512), Some(65_536), Some(2 << 20)]);
        assert_eq!(["64", "64KB", "0B", "18446744073709551615GiB"].map(bytes), [None; 4]);
    }

    #[test]
    fn a_network_may_be_one_address() {
        assert_eq!(network(&one("10.1.2.3")).unwrap().to_string(), "10.1.2.3/32");
        assert_eq!(network(&one("fd00::/8")).unwrap().to_string(), "fd00::/8");
        assert!(network(&one("10.0.0.0/33")).is_err());
    }

    #[test]
    fn numbers_have_a_least_value_and_fit_their_type() {
        assert_eq!(number::<u32>(1)(&one("100_000")), Ok(100_000));
        assert!(number::<u32>(1)(&one("0")).is_err());
        assert!(number::<u32>(1)(&one("4294967296")).is_err());
    }
}
