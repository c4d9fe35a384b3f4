//! When to stop: interrupt, or terminate as service managers and containers send it.

use tokio::signal::unix::{SignalKind, signal};

pub(super) async fn stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        // Without handlers the process is simply ended by the signal.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
