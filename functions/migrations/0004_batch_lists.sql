-- Lists of every user, computed beforehand by `marquee batch`: what is answered where a fresh one cannot be. They are of the
-- published history alone; what a user said since is taken out when one is answered.
CREATE TABLE batch_lists (
  user_id INTEGER NOT NULL,
  -- build that made it
  model_id TEXT NOT NULL,
  -- movieIds, best first, as functions/core/batch-list.ts writes them
  movie_ids TEXT NOT NULL,
  PRIMARY KEY (user_id, model_id)
) WITHOUT ROWID;
-- A model's lists count from the moment on at which all of them are there; then those of the model before go.
CREATE TABLE batch_runs (
  model_id TEXT PRIMARY KEY,
  users INTEGER NOT NULL,
  -- seconds since 1970
  started_at INTEGER NOT NULL,
  -- null: not all lists are there
  completed_at INTEGER
) WITHOUT ROWID;
-- snoozes that are over, for the scheduled clearing up (functions/scheduled.ts)
CREATE INDEX live_feedback_snoozed ON live_feedback (until) WHERE kind = 'snoozed';
