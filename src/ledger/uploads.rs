//! Chunked uploads under way, so that they go on where they stopped.

use rusqlite::{OptionalExtension, params};

use super::rows::{signed, unsigned};
use super::{Ledger, LedgerError};
use crate::model::{Algorithms, Digests, HashAlgorithm};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadPhase {
    Sending,
    /// Every chunk is there; the digests of the whole.
    Assembling(Digests),
}

/// A chunked upload and the chunks that the server acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedUpload {
    pub upload_id: String,
    /// Bytes.
    pub total: u64,
    pub algorithms: Algorithms,
    pub source_version: String,
    pub target_path: String,
    pub phase: UploadPhase,
    pub chunks: Vec<SavedChunk>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedChunk {
    /// From 1.
    pub number: u32,
    /// Bytes.
    pub size: u64,
    /// The state of the digests after this chunk and all before it.
    pub hash_state: Vec<u8>,
}

impl Ledger {
    pub async fn save_upload(&self, n: i64, upload: SavedUpload) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            db.execute("DELETE FROM upload_chunk WHERE n = ?", [n])?;
            db.execute(
                "INSERT OR REPLACE INTO upload (n, upload_id, total, algorithm, \
                 source_version, target_path, phase) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
                params![
                    n,
                    upload.upload_id,
                    signed(upload.total),
                    upload.algorithms.to_string(),
                    upload.source_version,
                    upload.target_path,
                ],
            )
            .map(drop)
        })
        .await
    }

    pub async fn chunk_acknowledged(&self, n: i64, chunk: SavedChunk) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            db.prepare_cached(
                "INSERT OR REPLACE INTO upload_chunk (n, number, size, hash_state) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![n, chunk.number, signed(chunk.size), chunk.hash_state])
            .map(drop)
        })
        .await
    }

    pub async fn assembling(&self, n: i64, digests: Digests) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            db.execute(
                "UPDATE upload SET phase = 1, final_hash = ?2 WHERE n = ?1",
                params![n, digests.to_string()],
            )
            .map(drop)
        })
        .await
    }

    pub async fn forget_upload(&self, n: i64) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            db.execute("DELETE FROM upload_chunk WHERE n = ?", [n])?;
            db.execute("DELETE FROM upload WHERE n = ?", [n]).map(drop)
        })
        .await
    }

    pub async fn saved_upload(&self, n: i64) -> Result<Option<SavedUpload>, LedgerError> {
        self.call(move |db| {
            let upload = db
                .prepare_cached(
                    "SELECT upload_id, total, algorithm, source_version, target_path, phase, \
                     final_hash FROM upload WHERE n = ?1",
                )?
                .query_row([n], |row| {
                    let final_hash: Option<String> = row.get(6)?;
                    let algorithms: String = row.get(2)?;
                    Ok(SavedUpload {
                        upload_id: row.get(0)?,
                        total: unsigned(row.get(1)?),
                        // Unreadable ones fit no content, so that the upload is begun anew.
                        algorithms: algorithms.parse().unwrap_or(Algorithms {
                            target: HashAlgorithm::Sha256,
                            source: None,
                        }),
                        source_version: row.get(3)?,
                        target_path: row.get(4)?,
                        phase: match final_hash.and_then(|text| text.parse().ok()) {
                            Some(digests) => UploadPhase::Assembling(digests),
                            None => UploadPhase::Sending,
                        },
                        chunks: Vec::new(),
                    })
                })
                .optional()?;
            let Some(mut upload) = upload else {
                return Ok(None);
            };
            upload.chunks = db
                .prepare_cached(
                    "SELECT number, size, hash_state FROM upload_chunk WHERE n = ?1 ORDER BY number",
                )?
                .query_map([n], |row| {
                    Ok(SavedChunk {
                        number: row.get(0)?,
                        size: unsigned(row.get(1)?),
                        hash_state: row.get(2)?,
                    })
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Some(upload))
        })
        .await
    }

    /// Uploads that no job will go on with: their chunks at the server can be thrown away.
    pub async fn abandoned_uploads(&self) -> Result<Vec<(i64, String)>, LedgerError> {
        self.call(|db| {
            db.prepare_cached(
                "SELECT n, upload_id FROM upload WHERE NOT EXISTS \
                 (SELECT 1 FROM job WHERE job.task = 1 AND job.n = upload.n)",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
        })
        .await
    }
}
