//! A response body that keeps its caller's place among the running calls until it is sent (S1-85).

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;

use crate::traffic::Running;

pub(crate) struct Held {
    body: BoxBody,
    _running: Running,
}

impl Held {
    pub(crate) fn new(body: impl MessageBody + 'static, running: Running) -> Self {
        Self { body: BoxBody::new(body), _running: running }
    }
}

impl MessageBody for Held {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(context)
    }
}
