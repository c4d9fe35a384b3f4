//! Bodies of requests, bounded in size and in the time that they take.

use std::time::Duration;

use actix_web::web::{Bytes, Payload};

use super::message::Unreadable;

/// The whole body, of `most` bytes at most, once it is there `within` that time.
pub(super) async fn arrived(payload: Payload, most: usize, within: Duration) -> Result<Bytes, Unreadable> {
    match tokio::time::timeout(within, payload.to_bytes_limited(most)).await {
        Err(_) => Err(Unreadable::TooSlow),
        Ok(Err(_)) => Err(Unreadable::TooLarge),
        Ok(Ok(Err(_))) => Err(Unreadable::NotJson),
        Ok(Ok(Ok(body))) => Ok(body),
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use actix_web::error::PayloadError;
    use actix_web::test::TestRequest;
    use actix_web::{FromRequest as _, dev};
    use futures_util::stream::{self, Stream, StreamExt as _};

    use super::*;

    type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

    async fn read(pieces: Pieces, within: Duration) -> Result<Bytes, Unreadable> {
        let request = TestRequest::post().to_http_request();
        arrived(Payload::from_request(&request, &mut dev::Payload::from(pieces)).await.unwrap(), 8, within).await
    }

    fn sent(pieces: &'static [&'static str]) -> impl Stream<Item = Result<Bytes, PayloadError>> {
        stream::iter(pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))))
    }

    #[tokio::test]
    async fn a_body_that_never_comes_to_its_end_is_given_up() {
        let unfinished = || Box::pin(sent(&["{"]).chain(stream::pending()));
        assert_eq!(read(unfinished(), Duration::from_millis(20)).await, Err(Unreadable::TooSlow));
        // Also one of which some always comes.
        let drops = stream::repeat(()).then(|()| async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(Bytes::new())
        });
        assert_eq!(read(Box::pin(drops), Duration::from_millis(50)).await, Err(Unreadable::TooSlow));
    }

    #[tokio::test]
    async fn a_body_is_whole_or_too_large() {
        let hour = Duration::from_hours(1);
        assert_eq!(read(Box::pin(sent(&["{\"a\"", ":1}"])), hour).await, Ok(Bytes::from_static(b"{\"a\":1}")));
        assert_eq!(read(Box::pin(sent(&["12345678", "9"])), hour).await, Err(Unreadable::TooLarge));
        let broken = sent(&["{"]).chain(stream::iter([Err(PayloadError::Incomplete(None))]));
        assert_eq!(read(Box::pin(broken), hour).await, Err(Unreadable::NotJson));
    }
}
