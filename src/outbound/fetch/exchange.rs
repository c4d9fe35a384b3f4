//! Exchanges with an identity provider that the operator has named: addresses are judged, redirects refused, time and size
//! bounded as for whatever strangers name (`fetch`). Beyond one GET there are a POST with its form, headers that
//! authenticate, and answers of every status.

use http::header::CONTENT_TYPE;
use http::{Method, Request, Response};
use tokio::time::timeout;

use super::{FetchError, Fetcher, Target, body, kind};

impl Fetcher {
    /// One GET or POST at an https URL, answered with at most `most_bytes`. Never call it inside a transaction.
    ///
    /// # Errors
    /// When there is no answer, or nothing may be asked there.
    pub async fn exchange(
        &self,
        request: Request<Vec<u8>>,
        most_bytes: usize,
    ) -> Result<Response<Vec<u8>>, FetchError> {
        let (parts, sent) = request.into_parts();
        let target = Target::parse(&parts.uri.to_string())?;
        if parts.method != Method::GET && parts.method != Method::POST {
            return Err(FetchError::Method);
        }
        let exchange = async {
            let place = self.0.limits.enter(&target.host).await.ok_or(FetchError::Busy)?;
            let addresses = self.0.look_up(&target, place.clone()).await?;
            self.0.judge(&target, &addresses)?;
            let client = self.0.client(&target, &addresses)?;
            let request = client.request(parts.method, target.url.clone()).headers(parts.headers).body(sent);
            let answer = request.send().await.map_err(|error| kind(&error))?;
            // A redirect of a token endpoint would take the client's secret along.
            if answer.status().is_redirection() {
                return Err(FetchError::Redirect);
            }
            let (status, content_type) = (answer.status(), answer.headers().get(CONTENT_TYPE).cloned());
            let mut response = Response::new(body(answer, most_bytes).await?.to_vec());
            *response.status_mut() = status;
            response.headers_mut().extend(content_type.map(|value| (CONTENT_TYPE, value)));
            drop(place);
            Ok(response)
        };
        timeout(self.0.timeout, exchange).await.unwrap_or(Err(FetchError::TimedOut))
    }
}
