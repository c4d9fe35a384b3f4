//! What the store's server sends of the checkouts that agents begin with it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mcp_resource::wire::Money;
use mcp_resource::wire::purchase::{CheckoutDocument, DocumentLine, ShipTo};
use serde_json::{Value, json};

use super::asking::ENVIRONMENTS;
use super::op::Order;
use super::rules::NOWHERE;
use super::system::{Ready, System};

impl System {
    pub fn register(&self, token: usize, purchase: usize, order: Order) -> Ready {
        self.new_purchase(token, (purchase, order.cart), &self.document(token, order, true))
    }

    pub fn register_again(&self, purchase: usize, is_same: bool) -> Ready {
        let asked = &self.purchases[&purchase];
        self.new_purchase(asked.token, (purchase, asked.order.cart), &self.document(asked.token, asked.order, is_same))
    }

    pub fn look(&self, purchase: usize, is_home: bool) -> Ready {
        let shop = self.shop_of_purchase(purchase, is_home);
        let url = format!("{}/resource/purchases/{}", shop.issuer, self.purchases[&purchase].id);
        Ready::Send(Self::as_store(self.http.get(url), shop))
    }

    pub fn consume(&self, purchase: usize, is_same_document: bool, is_same_checkout: bool) -> Ready {
        let asked = &self.purchases[&purchase];
        let digest = self.document(asked.token, asked.order, is_same_document).digest().unwrap();
        let checkout = if is_same_checkout { self.named(purchase) } else { "another".to_owned() };
        let body = json!({ "checkout_id": checkout, "digest": URL_SAFE_NO_PAD.encode(digest) });
        self.on_purchase(purchase, "consume", &body)
    }

    pub fn settle(&self, purchase: usize, order: Option<u8>) -> Ready {
        let checkout = self.named(purchase);
        let body = match order {
            Some(order) => {
                json!({"outcome": "completed", "checkout_id": checkout, "order_id": format!("order-{order}")})
            }
            None => json!({"outcome": "released", "checkout_id": checkout}),
        };
        self.on_purchase(purchase, "settle", &body)
    }

    fn on_purchase(&self, purchase: usize, act: &str, body: &Value) -> Ready {
        let shop = self.shop_of_purchase(purchase, true);
        let url = format!("{}/resource/purchases/{}/{act}", shop.issuer, self.purchases[&purchase].id);
        Ready::Send(Self::as_store(self.http.post(url), shop).json(body))
    }

    fn new_purchase(&self, token: usize, (purchase, cart): (usize, usize), document: &CheckoutDocument) -> Ready {
        let (known, shop) = (&self.tokens[&token], self.shop_of_token(token));
        let connection = self.connections.iter().find(|(_, number)| **number == known.connection).unwrap().0;
        let body = json!({
            "grant_id": self.grants[&known.connection],
            "connection_id": connection,
            "checkout_id": self.named(purchase),
            "cart_id": self.named(cart),
            "document": document,
        });
        Ready::Send(Self::as_store(self.http.post(format!("{}/resource/purchases", shop.issuer)), shop).json(&body))
    }

    fn document(&self, token: usize, Order { cents, place, .. }: Order, is_same: bool) -> CheckoutDocument {
        let known = &self.tokens[&token];
        let agent = &self.agents[self.questions[&known.connection].agent];
        let euros = |amount| Money::new(amount, "EUR".parse().unwrap());
        let to = |street: &str| ShipTo {
            name: "Robin Field".to_owned(),
            line1: street.to_owned(),
            line2: None,
            postal_code: "34117".to_owned(),
            city: "Kassel".to_owned(),
            country: "DE".to_owned(),
        };
        let street = (place != NOWHERE).then(|| ["Lindenweg 12", "Marktgasse 3"][place]);
        let street = if is_same { street } else { Some("Elsewhere 1") };
        CheckoutDocument {
            store: agent.resource.clone(),
            environment: ENVIRONMENTS[self.environment_of(known.connection)].to_owned(),
            agent: agent.client_id.clone(),
            lines: vec![DocumentLine {
                variant_id: "tea-50g".to_owned(),
                title: "Tea".to_owned(),
                quantity: 1,
                unit_price: euros(cents),
                total: euros(cents),
            }],
            shipping_method: "standard".to_owned(),
            ship_to: street.map(to),
            subtotal: euros(cents),
            shipping: euros(0),
            taxes: euros(0),
            taxes_included: true,
            total: euros(cents),
        }
    }
}
