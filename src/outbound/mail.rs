//! Mail, after the answer: a bounded queue and one task that empties it, so that sending neither delays nor changes what
//! a page says. Addresses are never logged.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::config::{self, Transport};
use crate::locale::MailText;

const QUEUE: usize = 512;
/// For one mail, from connecting to the server's word.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the address of the mail server or the sender is wrong: {0}")]
    Settings(String),
    #[error("the folder for mail cannot be made: {0}")]
    Folder(std::io::Error),
    #[error("the address is none of RFC 5322")]
    Address,
    #[error("{0}")]
    NotSent(&'static str),
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    /// `None` when mail is off.
    queue: Option<Arc<Queue>>,
}

struct Queue {
    from: Mailbox,
    /// `None` once finished.
    sender: Mutex<Option<mpsc::Sender<Message>>>,
    worker: Mutex<Option<JoinHandle<()>>>,
}

enum Post {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

impl Mailer {
    /// Refuses every mail, and says so in the log.
    pub fn off() -> Self {
        Self { queue: None }
    }

    /// Begins to send. Call it inside the async runtime.
    ///
    /// # Errors
    /// When the settings are no address, or the folder cannot be made.
    pub fn start(settings: &config::Mail) -> Result<Self, MailError> {
        let Some(post) = Post::by(&settings.transport)? else { return Ok(Self::off()) };
        let from = sender(settings)?;
        let (sender, mails) = mpsc::channel(QUEUE);
        let worker = tokio::spawn(send_all(post, mails));
        let queue = Queue { from, sender: Mutex::new(Some(sender)), worker: Mutex::new(Some(worker)) };
        Ok(Self { queue: Some(Arc::new(queue)) })
    }

    /// Whether mail leaves at all.
    pub fn is_on(&self) -> bool {
        self.queue.is_some()
    }

    /// Puts a mail into the queue and returns at once; if it cannot, the log says why.
    pub fn send(&self, to: &str, text: MailText) {
        let Some(queue) = &self.queue else {
            tracing::error!("a mail was not sent: mail is off ([mail] transport)");
            return;
        };
        let Some(mail) = compose(&queue.from, to, text) else {
            tracing::warn!("a mail was not sent: its address is none of RFC 5322");
            return;
        };
        let sender = queue.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if sender.as_ref().is_none_or(|sender| sender.try_send(mail).is_err()) {
            tracing::error!("a mail was not sent: the queue of mails is full, or the server is stopping");
        }
    }

    /// Takes no more mails and waits until those in the queue are sent, at most for `grace`.
    pub async fn finish(&self, grace: Duration) {
        let Some(queue) = &self.queue else { return };
        drop(queue.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let worker = queue.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(worker) = worker
            && tokio::time::timeout(grace, worker).await.is_err()
        {
            tracing::error!("mails were lost: the mail server was too slow");
        }
    }
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer")
    }
}

/// Sends one mail and waits for the server's word, for commands. Without a transport nothing is sent, and that is said.
///
/// # Errors
/// When the settings or `to` are no address, or the mail was not accepted.
pub async fn deliver(settings: &config::Mail, to: &str, text: MailText) -> Result<Delivered, MailError> {
    let Some(post) = Post::by(&settings.transport)? else { return Ok(Delivered::No) };
    let mail = compose(&sender(settings)?, to, text).ok_or(MailError::Address)?;
    match post.send(mail).await {
        None => Ok(Delivered::Yes),
        Some(reason) => Err(MailError::NotSent(reason)),
    }
}

/// Whether a mail left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    Yes,
    /// Mail is off.
    No,
}

fn compose(from: &Mailbox, to: &str, text: MailText) -> Option<Message> {
    let to: Mailbox = to.parse().ok()?;
    let mail = Message::builder().from(from.clone()).to(to).subject(text.subject);
    mail.header(ContentType::TEXT_PLAIN).message_id(None).body(text.body).ok()
}

fn sender(settings: &config::Mail) -> Result<Mailbox, MailError> {
    settings.from.parse().map_err(|error: lettre::address::AddressError| MailError::Settings(error.to_string()))
}

impl Post {
    /// `None` when mail is off.
    fn by(transport: &Transport) -> Result<Option<Self>, MailError> {
        match transport {
            Transport::Off => Ok(None),
            Transport::Directory(path) => {
                std::fs::create_dir_all(path).map_err(MailError::Folder)?;
                Ok(Some(Self::Folder(AsyncFileTransport::new(path.clone()))))
            }
            Transport::Smtp(url) => {
                let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
                    // The error may quote the address, which holds a password.
                    .map_err(|_secret| MailError::Settings("it is no smtp or smtps URL".to_owned()))?;
                Ok(Some(Self::Smtp(smtp.timeout(Some(PATIENCE)).build())))
            }
        }
    }

    /// Why it was not sent, if it was not. The error of a mail server may quote an address: only what kind it was is told.
    async fn send(&self, mail: Message) -> Option<&'static str> {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await.err().map(|error| kind(&error)),
            Self::Folder(folder) => folder.send(mail).await.err().map(|_| "its file cannot be written"),
        }
    }
}

async fn send_all(post: Post, mut mails: mpsc::Receiver<Message>) {
    while let Some(mail) = mails.recv().await {
        if let Some(reason) = post.send(mail).await {
            tracing::error!(reason, "a mail was not sent");
        }
    }
}

fn kind(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        "the mail server did not answer in time"
    } else if error.is_permanent() {
        "the mail server refused it"
    } else if error.is_transient() {
        "the mail server refused it for now"
    } else if error.is_tls() {
        "no secure connection to the mail server"
    } else {
        "the mail server cannot be reached, or speaks no SMTP"
    }
}
