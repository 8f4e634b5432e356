"""What a team would write first: FastAPI and numpy, the same factors in float32, one process.

Asked like POST /recommend/history, it answers with the best k by the factors alone: fold-in, scan, top k.
The scores by texts, neighbours and order that Marquee blends in, reasons and predicted stars are not done here.
"""
import sys

import numpy
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field

folder, port, factors = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
items = numpy.fromfile(f"{folder}/factors.f32", dtype=numpy.float32).reshape(-1, factors)
movie_ids = numpy.fromfile(f"{folder}/movieIds.i32", dtype=numpy.int32)
row_of = {int(movie_id): row for row, movie_id in enumerate(movie_ids)}
gramian = 0.2 * items.T @ items + 4 * numpy.eye(factors, dtype=numpy.float32)
app = FastAPI()


class Entry(BaseModel):
    movieId: int
    rating: float = Field(default=5, ge=0.5, le=5)


class HistoryRequest(BaseModel):
    history: list[Entry]
    k: int = 20


@app.post("/recommend/history")
async def recommend(request: HistoryRequest):
    seen = [row_of[entry.movieId] for entry in request.history if entry.movieId in row_of]
    liked = items[[row_of[entry.movieId] for entry in request.history if entry.rating >= 3.5 and entry.movieId in row_of]]
    user = numpy.linalg.solve(gramian + liked.T @ liked, liked.sum(axis=0))
    scores = items @ user
    scores[seen] = -numpy.inf
    best = numpy.argpartition(-scores, request.k)[: request.k]
    best = best[numpy.argsort(-scores[best])]
    return {"items": [{"movieId": int(movie_ids[row]), "score": float(scores[row])} for row in best]}


uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
