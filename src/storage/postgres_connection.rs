//! One connection to PostgreSQL, encrypted by rustls as its address demands (`config::PostgresAddress`).

use std::cell::OnceCell;
use std::error::Error as _;
use std::sync::Arc;

use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::NoTls;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{StorageError, StorageResult};
use crate::config::{Encryption, PostgresAddress};

/// PostgreSQL in pure Rust. It must be made on a thread outside any async runtime, as it brings its own.
pub type PgConnection = AsyncConnectionWrapper<AsyncPgConnection, ThreadRuntime>;

/// The small runtime of a database thread. The connection's other half runs in it, and only while somebody waits: the
/// same one must therefore open the connection and run its queries.
pub struct ThreadRuntime(Arc<Runtime>);

impl BlockOn for ThreadRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn get_runtime() -> Self {
        thread_local! { static RUNTIME: OnceCell<Arc<Runtime>> = const { OnceCell::new() } }
        RUNTIME.with(|runtime| {
            Self(Arc::clone(runtime.get_or_init(|| match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => Arc::new(runtime),
                // As threads do: without a handle for events nothing can go on.
                Err(error) => panic!("no runtime for the database: {error}"),
            })))
        })
    }
}

/// Opens a connection. Blocks.
pub(super) fn open(address: &PostgresAddress) -> StorageResult<PgConnection> {
    let runtime = ThreadRuntime::get_runtime();
    let opened = match tls(address)? {
        Some(tls) => runtime.block_on(async {
            let (client, connection) = address.settings.connect(tls).await.map_err(|error| refused(&error))?;
            Ok::<_, StorageError>(AsyncPgConnection::try_from_client_and_connection(client, connection).await?)
        }),
        None => runtime.block_on(async {
            let (client, connection) = address.settings.connect(NoTls).await.map_err(|error| refused(&error))?;
            Ok(AsyncPgConnection::try_from_client_and_connection(client, connection).await?)
        }),
    };
    opened.map(PgConnection::from)
}

/// What to encrypt with, if at all.
fn tls(address: &PostgresAddress) -> StorageResult<Option<MakeRustlsConnect>> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| StorageError::Unavailable(error.to_string()))?;
    let config = match address.encryption {
        Encryption::None => return Ok(None),
        Encryption::Unverified => {
            config.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        }
        Encryption::Verified => config.with_root_certificates(roots(address)?),
    };
    Ok(Some(MakeRustlsConnect::new(config.with_no_client_auth())))
}

fn roots(address: &PostgresAddress) -> StorageResult<RootCertStore> {
    let Some(file) = &address.root_certificates else {
        return Ok(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect());
    };
    let unreadable = |error: &dyn std::fmt::Display| {
        StorageError::Unavailable(format!("sslrootcert {} holds no certificates: {error}", file.display()))
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unreadable(&error))? {
        let certificate = certificate.map_err(|error| unreadable(&error))?;
        roots.add(certificate).map_err(|error| unreadable(&error))?;
    }
    if roots.is_empty() { Err(unreadable(&"it is empty")) } else { Ok(roots) }
}

/// One sentence with the remedy, where there is one.
fn refused(error: &tokio_postgres::Error) -> StorageError {
    let (mut all, mut cause) = (error.to_string(), error.source());
    while let Some(deeper) = cause {
        all = format!("{all}: {deeper}");
        cause = deeper.source();
    }
    let remedy = if all.contains("certificate") {
        ". Name its authority's certificate by sslrootcert, and the host that the certificate is for, in database.url"
    } else if all.contains("does not support TLS") {
        ". Switch on ssl there; to send everything in the clear, write sslmode=disable to database.url"
    } else {
        ""
    };
    StorageError::Unavailable(format!("{all}{remedy}"))
}

/// Takes any certificate for the server's, if it has the key of it: `sslmode=require`.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
