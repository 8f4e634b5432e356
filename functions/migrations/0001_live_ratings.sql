-- Ratings given through the API. They lie over the published history: a row holds against the published rating
-- of the same movie, and one without stars takes it out of the history.
CREATE TABLE live_ratings (
  user_id INTEGER NOT NULL,
  movie_id INTEGER NOT NULL,
  -- stars × 2; null: removed by the user
  half_stars INTEGER CHECK (half_stars BETWEEN 1 AND 10),
  -- seconds since 1970
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, movie_id)
) WITHOUT ROWID;
