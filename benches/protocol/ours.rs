//! Our side: the real application with its audit entries, one worker, and limits that a load generator needs out of the way.

use std::collections::BTreeMap;
use std::path::Path;

use tillgate::application::{Application, bind, open_database};
use tillgate::config::{Config, Loader};
use tillgate::domain::Clock;
use tillgate::keys::{InstallationSecrets, Secret};

/// The installation's secret of every bench: as good as random, which the configuration insists on.
const SECRET: [u8; 32] = *b"\x1f\xc4\x08\x9b\x73\xe2\x55\xaa\x01\xd7\x6c\x32\xf9\x84\x2b\xbe\x47\x90\x1d\xe8\x63\x0c\xd1\x7f\xa5\x3e\x96\x58\xcb\x24\xf0\x89";

pub fn secrets() -> InstallationSecrets {
    InstallationSecrets::new(1, BTreeMap::from([(1, Secret::new(SECRET))])).unwrap()
}

pub fn config(folder: &Path, port: u16) -> Config {
    let mut loader = Loader::isolated(&[]).development(folder, SECRET).unwrap();
    loader.set("server.listen", format!("127.0.0.1:{port}"));
    loader.set("server.workers", "1".to_owned());
    loader.set("log.format", "json".to_owned());
    loader.set("registration.rate_per_minute", "1000000000".to_owned());
    loader.set("registration.max_clients", "1000000000".to_owned());
    loader.load().unwrap_or_else(|problems| panic!("{problems}"))
}

/// Serves until it is killed.
pub fn serve(folder: &str, port: u16) {
    let config = config(Path::new(folder), port);
    tillgate::telemetry::init(&config.log);
    let db = open_database(&config.database).unwrap_or_else(|error| panic!("{error}"));
    let listeners = bind(&config.server.listen).unwrap_or_else(|error| panic!("{error}"));
    actix_web::rt::System::new().block_on(async {
        let started = Application::start(config, db, listeners, Clock::System).await;
        started.unwrap_or_else(|error| panic!("{error}")).wait().await.unwrap();
    });
}
