-- Who was answered by which arm of an experiment, once a day, and what came of it. functions/experiment/store.ts writes,
-- `marquee ab report` reads; what a user says by ratings and marks is in live_feedback already.
CREATE TABLE experiment_exposures (
  experiment TEXT NOT NULL,
  arm TEXT NOT NULL,
  -- u and the userId, or k and a hash of what an anonymous viewer is known by
  unit TEXT NOT NULL,
  -- null of an anonymous viewer
  user_id INTEGER,
  -- days since 1970
  day INTEGER NOT NULL,
  -- seconds since 1970, of the day's first answer
  exposed_at INTEGER NOT NULL,
  PRIMARY KEY (experiment, unit, arm, day)
) WITHOUT ROWID;
CREATE INDEX experiment_exposures_of ON experiment_exposures (user_id);
-- Events of POST /events: of a viewer, kind, movie and day the first.
CREATE TABLE experiment_events (
  experiment TEXT NOT NULL,
  unit TEXT NOT NULL,
  user_id INTEGER,
  kind TEXT NOT NULL CHECK (kind IN ('click', 'play', 'complete')),
  movie_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (experiment, unit, day, kind, movie_id)
) WITHOUT ROWID;
CREATE INDEX experiment_events_of ON experiment_events (user_id);
