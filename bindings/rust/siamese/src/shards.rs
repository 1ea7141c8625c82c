//! What several indexes have found in, what one index of all of them finds out.
use crate::error::{check, read_all, rows_of, Error, Result, Status};
use crate::index::{neighbours, Index, Neighbour};
use crate::sys;
use std::ptr::{null, null_mut};

/// The hits of each query of a search, the best first.
type Found = [Vec<Neighbour>];

/// How the hits of shards are merged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Merge {
    /// An id that several shards have is found once, by its best vector.
    pub dedupe: bool,
    /// Shards that have not answered, which are `None`, are no error.
    pub partial: bool,
}

/// What one index of all shards would have found.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// Of each query, the best first.
    pub hits: Vec<Vec<Neighbour>>,
    /// The numbers of the shards that have not answered.
    pub missing: Vec<usize>,
}

impl Index {
    /// The vectors of the coarse quantiser, one for each list, one behind the other.
    pub fn centroids(&self) -> Result<Vec<f32>> {
        read_all(Vec::new(), |data, capacity, needed| unsafe {
            sys::siamese_index_get_centroids(self.as_ptr(), data, capacity, needed)
        })
    }

    /// Trains an index without vectors by giving it the centroids of its lists, so
    /// that indexes that have the same ones are shards of one: [`merge_hits`].
    pub fn set_centroids(&self, centroids: &[f32]) -> Result<()> {
        let dim = self.info().dim;
        let lists = rows_of("centroids", centroids.len(), dim)?;
        let (index, data) = (self.as_ptr(), centroids.as_ptr());
        check(unsafe { sys::siamese_index_set_centroids(index, data, lists, dim) })
    }
}

/// The k best of what [`Index::search_with`] with this k has found for the same
/// queries in each shard: what one index of all of them would have found. A shard
/// that has not answered is `None`, and an error that names it, unless the merge is
/// partial.
pub fn merge_hits(shards: &[Option<&Found>], k: usize, how: &Merge) -> Result<Merged> {
    let mut all = Answers::of(shards)?;
    let room = all.count.checked_mul(k).filter(|_| k <= 1 << 31).ok_or_else(|| {
        Error::new(Status::Limit, format!("k: {k} for {} queries is too much", all.count))
    })?;
    for (shard, rows) in shards.iter().enumerate() {
        let rows = match rows {
            Some(rows) => rows,
            None => continue,
        };
        let (ids, scores) = (&mut all.ids[shard], &mut all.scores[shard]);
        ids.resize(room, -1);
        scores.resize(room, f32::NEG_INFINITY);
        for (query, row) in rows.iter().enumerate() {
            if row.len() > k {
                let text = format!(
                    "shard {shard} has {} results for query {query}, k is {k}",
                    row.len()
                );
                return Err(Error::new(Status::Argument, text));
            }
            for (i, hit) in row.iter().enumerate() {
                ids[query * k + i] = hit.id;
                scores[query * k + i] = hit.score;
            }
        }
    }
    let (mut ids, mut scores) = (vec![0; room], vec![0.0; room]);
    let mut found = vec![0; all.count];
    let (shard_ids, shard_scores) = (all.pointers(&all.ids), all.pointers(&all.scores));
    let missing = all.missing(how);
    check(unsafe {
        sys::siamese_hits_merge(
            shard_ids.as_ptr(),
            shard_scores.as_ptr(),
            shards.len(),
            all.count,
            k,
            i32::from(how.dedupe),
            ids.as_mut_ptr(),
            scores.as_mut_ptr(),
            room,
            found.as_mut_ptr(),
            missing,
        )
    })?;
    let of = |q: usize| neighbours(&ids[q * k..], &scores[q * k..], found[q]);
    Ok(Merged { hits: (0..all.count).map(of).collect(), missing: all.told() })
}

/// The same of what [`Index::range_search`] has found.
pub fn merge_range_hits(shards: &[Option<&Found>], how: &Merge) -> Result<Merged> {
    let mut all = Answers::of(shards)?;
    let mut shard_offsets = vec![Vec::new(); shards.len()];
    let mut room = 0;
    for (shard, rows) in shards.iter().enumerate() {
        let rows = match rows {
            Some(rows) => rows,
            None => continue,
        };
        shard_offsets[shard].push(0);
        for row in rows.iter() {
            all.ids[shard].extend(row.iter().map(|hit| hit.id));
            all.scores[shard].extend(row.iter().map(|hit| hit.score));
            shard_offsets[shard].push(all.ids[shard].len());
        }
        room += all.ids[shard].len();
    }
    let (mut ids, mut scores) = (vec![0; room], vec![0.0; room]);
    let mut offsets = vec![0; all.count + 1];
    let (shard_ids, shard_scores) = (all.pointers(&all.ids), all.pointers(&all.scores));
    let shard_offsets_of = all.pointers(&shard_offsets);
    let missing = all.missing(how);
    check(unsafe {
        sys::siamese_hits_merge_range(
            shard_offsets_of.as_ptr(),
            shard_ids.as_ptr(),
            shard_scores.as_ptr(),
            shards.len(),
            all.count,
            i32::from(how.dedupe),
            offsets.as_mut_ptr(),
            ids.as_mut_ptr(),
            scores.as_mut_ptr(),
            room,
            null_mut(),
            missing,
        )
    })?;
    let of =
        |row: &[usize]| neighbours(&ids[row[0]..], &scores[row[0]..], row[1] - row[0]);
    Ok(Merged { hits: offsets.windows(2).map(of).collect(), missing: all.told() })
}

/// The hits of all shards as C takes them.
struct Answers {
    count: usize, // of queries
    answered: Vec<bool>,
    ids: Vec<Vec<i64>>,
    scores: Vec<Vec<f32>>,
    flags: Vec<i32>,
}

impl Answers {
    fn of(shards: &[Option<&Found>]) -> Result<Answers> {
        let mut there = shards.iter().flatten();
        let count = there.next().map(|rows| rows.len()).ok_or_else(|| {
            let text = format!("of {} shards none has answered", shards.len());
            Error::new(Status::NotFound, text)
        })?;
        if there.any(|rows| rows.len() != count) {
            let text = "shards: of several numbers of queries".to_string();
            return Err(Error::new(Status::Argument, text));
        }
        Ok(Answers {
            count,
            answered: shards.iter().map(Option::is_some).collect(),
            ids: vec![Vec::new(); shards.len()],
            scores: vec![Vec::new(); shards.len()],
            flags: vec![0; shards.len()],
        })
    }

    /// Null for a shard that has not answered.
    fn pointers<T>(&self, arrays: &[Vec<T>]) -> Vec<*const T> {
        let of = |(array, there): (&Vec<T>, &bool)| {
            if *there {
                array.as_ptr()
            } else {
                null()
            }
        };
        arrays.iter().zip(&self.answered).map(of).collect()
    }

    fn missing(&mut self, how: &Merge) -> *mut i32 {
        if how.partial {
            self.flags.as_mut_ptr()
        } else {
            null_mut()
        }
    }

    fn told(&self) -> Vec<usize> {
        (0..self.flags.len()).filter(|&s| self.flags[s] != 0).collect()
    }
}
