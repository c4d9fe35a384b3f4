//! What a browser calls itself, roughly: enough for its owner to know it again in a list, and no more than that. Anybody can
//! claim anything here, so nothing is decided by it.

use super::client::words;

words! {
    Program {
        Chrome = "chrome",
        Edge = "edge",
        Firefox = "firefox",
        Opera = "opera",
        Safari = "safari",
        Other = "other",
    }
}

words! {
    System {
        Android = "android",
        Ios = "ios",
        Linux = "linux",
        MacOs = "macos",
        Windows = "windows",
        Other = "other",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    pub program: Program,
    pub system: System,
}

impl Device {
    /// By the words that they are known for (RFC 9110 §10.1.5). Each claims to be some of the others too: the order decides.
    pub fn of(user_agent: &str) -> Self {
        let first =
            |known: &[(&str, usize)]| known.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, at)| *at);
        let programs = [Program::Edge, Program::Opera, Program::Firefox, Program::Chrome, Program::Safari];
        let systems = [System::Android, System::Ios, System::Windows, System::MacOs, System::Linux];
        let program = first(&[
            ("Edg", 0),
            ("OPR/", 1),
            ("Firefox/", 2),
            ("FxiOS/", 2),
            ("Chrome/", 3),
            ("CriOS/", 3),
            ("Safari/", 4),
        ]);
        let system =
            first(&[("Android", 0), ("iPhone", 1), ("iPad", 1), ("Windows", 2), ("Mac OS X", 3), ("Linux", 4)]);
        Self {
            program: program.and_then(|at| programs.get(at).copied()).unwrap_or(Program::Other),
            system: system.and_then(|at| systems.get(at).copied()).unwrap_or(System::Other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_again_by_what_it_calls_itself() {
        let of = |text: &str| {
            let device = Device::of(text);
            (device.program, device.system)
        };
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(of(chrome), (Program::Chrome, System::Linux));
        let edge = format!("{chrome} Edg/140.0.0.0");
        assert_eq!(of(&edge), (Program::Edge, System::Linux));
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(of(iphone), (Program::Safari, System::Ios));
        let android = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
        assert_eq!(of(android), (Program::Firefox, System::Android));
        assert_eq!(of("curl/8"), (Program::Other, System::Other));
        assert_eq!(of(""), (Program::Other, System::Other));
    }
}
