//! Stores.

use diesel::prelude::*;

use super::schema::stores;
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::store::Store;
use crate::domain::{StoreId, Timestamp};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = stores, treat_none_as_default_value = false)]
struct StoreRow {
    id: String,
    name: String,
    currency: String,
    time_zone: String,
    locale: String,
    contact: Option<String>,
    privacy_url: Option<String>,
    terms_url: Option<String>,
    shop_may_read_orders: bool,
    created_at: i64,
}

pub fn insert(tx: &mut Tx<'_>, store: &Store, now: Timestamp) -> StorageResult<()> {
    let row = StoreRow {
        id: store.id.to_string(),
        name: store.name.clone(),
        currency: store.currency.to_string(),
        time_zone: store.time_zone.clone(),
        locale: store.locale.clone(),
        contact: store.contact.clone(),
        privacy_url: store.privacy_url.clone(),
        terms_url: store.terms_url.clone(),
        shop_may_read_orders: store.shop_may_read_orders,
        created_at: now.as_micros(),
    };
    each!(&mut **tx, c => diesel::insert_into(stores::table).values(&row).execute(c))?;
    Ok(())
}

pub fn list(connection: &mut DbConnection) -> StorageResult<Vec<Store>> {
    let rows: Vec<StoreRow> =
        each!(connection, c => stores::table.order(stores::id).select(StoreRow::as_select()).load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

impl TryFrom<StoreRow> for Store {
    type Error = StorageError;

    fn try_from(row: StoreRow) -> Result<Self, StorageError> {
        let currency = row.currency.parse().ok();
        Ok(Self {
            currency: currency.ok_or_else(|| StorageError::inconsistent("stores", row.id.as_str(), "currency"))?,
            id: StoreId::new(row.id),
            name: row.name,
            time_zone: row.time_zone,
            locale: row.locale,
            contact: row.contact,
            privacy_url: row.privacy_url,
            terms_url: row.terms_url,
            shop_may_read_orders: row.shop_may_read_orders,
        })
    }
}
