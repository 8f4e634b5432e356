import Foundation
import Marquee

/// What docs/mobile.md shows, a rating that counts, a wish, and a request that is refused.
struct Finding: Error, CustomStringConvertible {
  let description: String
}

func require(_ holds: Bool, _ finding: String) throws {
  if !holds { throw Finding(description: finding) }
}

let server = MarqueeAPIConfiguration(basePath: CommandLine.arguments[1] + "/v1")
let request = HistoryRequest(k: 20, history: [HistoryEntry(movieId: 1, rating: 5)])
let list = try await RecommendAPI.postRecommendHistory(historyRequest: request, apiConfiguration: server)
try require(list.items.count == 20, "found \(list.items.count) movies, expected 20")
try require(!list.items.contains { $0.movieId == 1 }, "found the movie that was rated")

let rating = RatingRequest(rating: 4.5)
_ = try await UsersAPI.putUsersByUserIdRatingsByMovieId(
  userId: 1, movieId: 1, ratingRequest: rating, apiConfiguration: server)
let own = try await RecommendAPI.getRecommendUserByUserId(
  userId: 1, k: 5, avoidGenres: ["Drama"], apiConfiguration: server)
try require(!own.items.contains { $0.genres.contains("Drama") }, "found a drama, expected none")
_ = try await UsersAPI.deleteUsersByUserIdRatingsByMovieId(userId: 1, movieId: 1, apiConfiguration: server)

let wish = try await RecommendAPI.postRecommendQuery(
  queryRequest: QueryRequest(k: 3, text: "a comedy"), apiConfiguration: server)
try require(wish.items.allSatisfy { $0.genres.contains("Comedy") }, "found no comedy, expected three")
let movie = try await MoviesAPI.getMoviesByMovieId(movieId: list.items[0].movieId, apiConfiguration: server)

do {
  let tooMany = HistoryRequest(k: 5000, history: [])
  _ = try await RecommendAPI.postRecommendHistory(historyRequest: tooMany, apiConfiguration: server)
  throw Finding(description: "found an answer, expected status 400")
} catch ErrorResponse.error(let status, _, _, _) {
  try require(status == 400, "found status \(status), expected 400")
}
print("Swift: \(list.items.count) movies, the first \(movie.title): \(list.items[0].reason.text)")
