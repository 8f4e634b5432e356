"""Item factors of benfred/implicit, as one would learn them from the tables that `marquee prepare` wrote.

python factors.implicit.py RATINGS OUTPUT [RANK [LAMBDA]] writes OUTPUT.npz and the movie id of each row as OUTPUT.ids.txt, with
implicit 0.7.3, pandas and pyarrow. RATINGS is ratings.parquet; only the likes of its train part are learned from.
"""

import sys

import numpy as np
import pandas as pd
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

ratings, output, *rest = sys.argv[1:]
rank, regularization = rest + ["64", "20"][len(rest) :]
table = pd.read_parquet(ratings)
likes = table[(table.part == 1) & (table.rating >= 3.5)]

user_indices, _ = pd.factorize(likes.userId)
item_indices, movie_ids = pd.factorize(likes.movieId, sort=True)
liked = csr_matrix((np.ones(len(likes), dtype=np.float32), (user_indices, item_indices)))

model = AlternatingLeastSquares(factors=int(rank), alpha=6.0, regularization=float(regularization), iterations=15, random_state=42)
model.fit(liked, show_progress=False)
model.save(f"{output}.npz")
np.savetxt(f"{output}.ids.txt", movie_ids, fmt="%d")
