//! One declaration per section makes four things: the typed struct, its table of settings (for the example file and
//! for unknown keys), its reader, and its documentation. They cannot disagree, since there is only one text.

/// One setting as it is documented: what `tillgate.example.toml` and `config check` show.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// `section.key`, as errors name it.
    pub key: &'static str,
    /// The default, written as a person would write it in the file; lists are separated by commas.
    pub default: &'static str,
    /// Sentences for the example file.
    pub doc: &'static [&'static str],
    /// Never shown, not even in part.
    pub masked: bool,
}

/// Declares a section: `field: Type = "default", parser;` and `secret` behind the parser of what must never be shown.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $name:ident $section:literal {
            $($(#[doc = $doc:literal])+ $field:ident: $kind:ty = $default:literal, $parse:expr $(, $masked:ident)?;)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[doc = $doc])+ #[doc = concat!("\n\nDefault: `", $default, "`.")] pub $field: $kind,)+
        }

        impl $name {
            pub(crate) const ABOUT: &[&str] = &[$($about),+];
            pub(crate) const SETTINGS: &[$crate::config::section::Setting] = &[$(
                $crate::config::section::Setting {
                    key: concat!($section, ".", stringify!($field)),
                    default: $default,
                    doc: &[$($doc),+],
                    masked: section!(@masked $($masked)?),
                },
            )+];

            /// Reads every setting before it gives up, so that all problems are found in one go.
            pub(crate) fn read(reader: &mut $crate::config::reader::Reader) -> Option<Self> {
                let mut settings = Self::SETTINGS.iter();
                $(let $field = settings.next().and_then(|setting| reader.read(setting, $parse));)+
                Some(Self { $($field: $field?),+ })
            }
        }
    };
    (@masked secret) => { true };
    (@masked) => { false };
}

pub(crate) use section;
