//! A certificate authority of a test's own, and the certificates that it makes for any host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

#[derive(Debug)]
pub struct Authority {
    certificate: X509,
    key: PKey<Private>,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Authority {
    pub fn new() -> Self {
        let key = new_key();
        let name = named("Authority of a test");
        let mut builder = builder(&key, &name, &name);
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        Self { certificate: builder.build(), key, made: Mutex::default() }
    }

    /// The certificate to trust.
    pub fn pem(&self) -> Vec<u8> {
        self.certificate.to_pem().unwrap()
    }

    /// A certificate for `host` alone.
    pub fn certify(&self, host: &str) -> Arc<CertifiedKey> {
        let mut made = self.made.lock().unwrap();
        made.entry(host.to_owned()).or_insert_with(|| Arc::new(self.make(host))).clone()
    }

    fn make(&self, host: &str) -> CertifiedKey {
        let key = new_key();
        let mut builder = builder(&key, &named("A host of a test"), self.certificate.subject_name());
        let names = SubjectAlternativeName::new().dns(host).build(&builder.x509v3_context(None, None)).unwrap();
        builder.append_extension(names).unwrap();
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();
        let certificate = CertificateDer::from(builder.build().to_der().unwrap());
        let key = PrivatePkcs8KeyDer::from(key.private_key_to_pkcs8().unwrap());
        let key = rustls::crypto::ring::sign::any_ecdsa_type(&key.into()).unwrap();
        CertifiedKey::new(vec![certificate], key)
    }
}

fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn named(name: &str) -> X509Name {
    let mut builder = X509Name::builder().unwrap();
    builder.append_entry_by_nid(Nid::COMMONNAME, name).unwrap();
    builder.build()
}

fn builder(key: &PKey<Private>, subject: &X509Name, issuer: &openssl::x509::X509NameRef) -> X509Builder {
    let mut serial = BigNum::new().unwrap();
    serial.rand(64, MsbOption::ONE, false).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(subject).unwrap();
    builder.set_issuer_name(issuer).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    builder
}
