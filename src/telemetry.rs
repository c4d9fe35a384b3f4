//! Structured logs: one subscriber for the process, and the reference id that joins an error answer to its log line.
//! A request is logged once, by its root span when it ends (`web::middleware::root_span`); whoever handles a failure
//! gives it a reason and does not log it. No secret, token, query string, header or body is ever a field.

use std::fmt;

use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};
use uuid::Uuid;

use crate::config::{Format, Log};

/// Names one request in its answer and in the logs: a random, time-ordered UUID. It reveals nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferenceId(Uuid);

impl ReferenceId {
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for ReferenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Sends the process's logs to standard error from now on. A second call changes nothing, so that tests may call it.
pub fn init(log: &Log) {
    let _already_set = subscriber(log, std::io::stderr).try_init();
}

/// What [`init`] installs, for any writer.
pub fn subscriber<W>(log: &Log, writer: W) -> impl Subscriber + Send + Sync + use<W>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // The filter was checked when the configuration was read.
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_unchecked| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    let lines = match log.format {
        Format::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        Format::Text => lines.compact().with_target(false).boxed(),
    };
    Registry::default().with(filter).with(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn json_lines_carry_the_span_and_the_event_in_one_object() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let log = Log { format: Format::Json, filter: "info".to_owned() };
        let writer = Arc::clone(&written);
        let subscriber = subscriber(&log, move || Writer(Arc::clone(&writer)));
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("request", reference = "r1");
            tracing::info!(parent: &span, status = 200, "answered");
            tracing::debug!("not at this level");
        });
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1);
        assert_eq!((&lines[0]["status"], &lines[0]["span"]["reference"]), (&200.into(), &"r1".into()));
    }

    struct Writer(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Writer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
}
