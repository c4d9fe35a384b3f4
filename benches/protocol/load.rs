//! A load generator that costs little: requests are made before the clock starts, sent over kept-alive connections, and of
//! an answer only the status and the length are read.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Connections that are kept busy at once.
pub const CONCURRENCY: usize = 64;

/// A page of the console; nothing else is nearly as large.
const LARGEST_ANSWER: usize = 512 * 1024;

pub struct Outcome {
    pub per_second: f64,
    pub latencies: Vec<Duration>,
}

/// A request in bytes. `headers` end with a line break or are empty.
pub fn request(port: u16, method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
        .into()
}

pub fn form(port: u16, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let headers = format!("Content-Type: application/x-www-form-urlencoded\r\n{headers}");
    request(port, "POST", path, &headers, body)
}

/// Sends all of them and requires that each is answered with `status`.
pub async fn send_all(port: u16, requests: Vec<Vec<u8>>, concurrency: usize, status: u16) -> Outcome {
    let count = requests.len();
    let requests = Rc::new(RefCell::new(requests.into_iter()));
    let mut connections = Vec::new();
    for _ in 0..concurrency {
        connections.push(Connection::open(port).await);
    }
    let began = Instant::now();
    let local = tokio::task::LocalSet::new();
    let workers: Vec<_> = connections
        .into_iter()
        .map(|mut connection| {
            let requests = Rc::clone(&requests);
            local.spawn_local(async move {
                let mut latencies = Vec::new();
                loop {
                    let Some(request) = requests.borrow_mut().next() else { return latencies };
                    let sent = Instant::now();
                    let answered = connection.ask(&request).await;
                    assert_eq!(answered, status, "{}", connection.last_answer());
                    latencies.push(sent.elapsed());
                }
            })
        })
        .collect();
    let mut latencies = Vec::with_capacity(count);
    local
        .run_until(async {
            for worker in workers {
                latencies.extend(worker.await.unwrap());
            }
        })
        .await;
    Outcome { per_second: count as f64 / began.elapsed().as_secs_f64(), latencies }
}

/// One kept-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    end: usize,
}

impl Connection {
    pub async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: vec![0; LARGEST_ANSWER], end: 0 }
    }

    /// The status of the answer.
    pub async fn ask(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).await.unwrap();
        self.end = 0;
        let mut whole = None;
        while whole.is_none_or(|length| self.end < length) {
            let read = self.stream.read(&mut self.buffer[self.end..]).await.unwrap();
            assert!(read > 0, "the server hung up: {}", self.last_answer());
            self.end += read;
            whole = whole.or_else(|| length_of(&self.buffer[..self.end]));
        }
        std::str::from_utf8(&self.buffer[9..12]).unwrap().parse().unwrap()
    }

    pub fn last_answer(&self) -> String {
        String::from_utf8_lossy(&self.buffer[..self.end]).into_owned()
    }
}

/// Head and body together, once the head is there.
fn length_of(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&answer[..head]).unwrap();
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
    });
    Some(head + length.unwrap_or(0))
}
