//! Versions of the installation's secret: their numbers and times only.

use diesel::prelude::*;

use super::schema::secret_versions;
use super::{DbConnection, StorageError, StorageResult, Tx, each};
use crate::domain::Timestamp;
use crate::domain::secret_version::SecretVersion;

/// In order.
pub fn list(connection: &mut DbConnection) -> StorageResult<Vec<SecretVersion>> {
    let rows: Vec<(i64, i64, Option<i64>)> =
        each!(connection, c => secret_versions::table.order(secret_versions::version).load(c))?;
    let version = |(version, activated_at, retired_at): (i64, i64, Option<i64>)| {
        let wrong = || StorageError::inconsistent("secret_versions", version.to_string(), "version");
        Ok(SecretVersion {
            version: u32::try_from(version).ok().ok_or_else(wrong)?,
            activated_at: Timestamp::from_micros(activated_at),
            retired_at: retired_at.map(Timestamp::from_micros),
        })
    };
    rows.into_iter().map(version).collect()
}

/// From now on new values are made under this version, which must be newer than all before.
pub fn activate(tx: &mut Tx<'_>, version: u32, now: Timestamp) -> StorageResult<()> {
    let row = (secret_versions::version.eq(i64::from(version)), secret_versions::activated_at.eq(now.as_micros()));
    each!(&mut **tx, c => diesel::insert_into(secret_versions::table).values(row).execute(c))?;
    Ok(())
}

/// Nothing made under this version counts any more.
pub fn retire(tx: &mut Tx<'_>, version: u32, now: Timestamp) -> StorageResult<()> {
    each!(&mut **tx, c => diesel::update(secret_versions::table.find(i64::from(version)))
        .filter(secret_versions::retired_at.is_null())
        .set(secret_versions::retired_at.eq(now.as_micros()))
        .execute(c))?;
    Ok(())
}
