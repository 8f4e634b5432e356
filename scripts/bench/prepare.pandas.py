"""Raw MovieLens CSV to split Parquet tables with features, as one would write it with pandas: the peer of prepare.ts.

python prepare.pandas.py INPUT OUTPUT, with pandas 3.1.1 and pyarrow 26.0.1. The same work as `marquee prepare`, without
its checks of every row: filters to a fixed point, the last tenths of each user as validation and test, features of
users and movies from the training part, z-normalized ratings, Parquet with zstd.
"""

import os
import sys

import numpy as np
import pandas as pd

source, output = sys.argv[1:]
os.makedirs(output, exist_ok=True)


def write(frame, name):
    frame.to_parquet(f"{output}/{name}.parquet", index=False, compression="zstd")


dtypes = {"userId": np.int32, "movieId": np.int32, "rating": np.float32, "timestamp": np.int64}
ratings = pd.read_csv(f"{source}/ratings.csv", dtype=dtypes, engine="pyarrow")
movies = pd.read_csv(f"{source}/movies.csv")

ratings = ratings[ratings.movieId.isin(movies.movieId)]
ratings = ratings.sort_values(["userId", "timestamp", "movieId"]).drop_duplicates(["userId", "movieId"], keep="last")

used = ratings
while True:
    before = len(used)
    used = used[used.groupby("movieId").movieId.transform("size") >= 5]
    used = used[used.groupby("userId").userId.transform("size") >= 5]
    if len(used) == before:
        break

place = used.groupby("userId").cumcount()
count = used.groupby("userId").userId.transform("size")
tenth = np.maximum(1, np.floor(count * 0.1 + 0.5))
part = np.where(place < count - 2 * tenth, 1, np.where(place < count - tenth, 2, 3))
ratings["part"] = pd.Series(part, index=used.index, dtype=np.uint8).reindex(ratings.index, fill_value=0)
write(ratings, "ratings")

movies["year"] = movies.title.str.extract(r"\((\d{4})\)\s*$", expand=False)
movies["genres"] = movies.genres.str.split("|")
write(movies, "movies")

train = ratings[ratings.part == 1]
user = train.groupby("userId").agg(
    mean=("rating", "mean"), std=("rating", "std"), count=("rating", "size"), min=("rating", "min"),
    max=("rating", "max"), first=("timestamp", "min"), last=("timestamp", "max"))  # fmt: skip
user["velocity"] = user["count"] / ((user["last"] - user["first"]) / 86400 + 1)
user["recency"] = (train.timestamp.max() - user["last"]) / 86400
genres = movies[["movieId", "genres"]].explode("genres")
liked = train.loc[train.rating >= 4, ["userId", "movieId"]].merge(genres, on="movieId")
top = liked.groupby(["userId", "genres"]).size().rename("n").reset_index().sort_values(["userId", "n"])
user["topGenres"] = top.groupby("userId").tail(3).groupby("userId").genres.agg(list)
write(user.reset_index(), "user_features")

middle = train.timestamp.median()
movie = train.groupby("movieId").agg(mean=("rating", "mean"), std=("rating", "std"), count=("rating", "size"))
movie["logPopularity"] = np.log1p(movie["count"])
recent = train[train.timestamp > middle].groupby("movieId").size()
movie["trend"] = recent.reindex(movie.index, fill_value=0) / movie["count"]
vectors = pd.crosstab(genres.movieId, genres.genres)
write(movie.join(vectors).reset_index(), "movie_features")

interactions = ratings[["userId", "movieId", "timestamp", "part"]].copy()
known = user.reindex(ratings.userId)
interactions["z"] = ((ratings.rating.to_numpy() - known["mean"].to_numpy()) / known["std"].replace(0, np.nan).to_numpy()).astype(np.float32)
times = pd.to_datetime(ratings.timestamp, unit="s")
interactions["weekday"] = times.dt.day_of_week.astype(np.int8)
interactions["hour"] = times.dt.hour.astype(np.int8)
write(interactions, "interactions")
