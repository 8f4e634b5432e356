-- What users say through the API, as it was written: ratings, marks (seen, liked, disliked, snoozed), and the wish to be
-- forgotten. It lies over the published history; functions/feedback/fold.ts says what the rows of a movie come to.
-- It takes the place of live_ratings: a Worker from before answers that it could not store anything, and loses nothing.
CREATE TABLE live_feedback (
  -- grows with every write and is never given twice: the order of writes, whatever the clocks say
  version INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL,
  -- 0 with erased, which is about all movies
  movie_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('rated', 'unrated', 'seen', 'liked', 'disliked', 'snoozed', 'erased')),
  -- stars × 2
  half_stars INTEGER CHECK (half_stars BETWEEN 1 AND 10),
  -- seconds since 1970
  until INTEGER,
  updated_at INTEGER NOT NULL,
  CHECK ((kind = 'rated') = (half_stars IS NOT NULL)),
  CHECK ((kind = 'snoozed') = (until IS NOT NULL)),
  CHECK ((kind = 'erased') = (movie_id = 0))
);
CREATE INDEX live_feedback_of ON live_feedback (user_id, movie_id);
INSERT INTO live_feedback (user_id, movie_id, kind, half_stars, updated_at)
SELECT user_id, movie_id, CASE WHEN half_stars IS NULL THEN 'unrated' ELSE 'rated' END, half_stars, updated_at
FROM live_ratings ORDER BY updated_at;
DROP TABLE live_ratings;
