import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking
import marquee.apis.MoviesApi
import marquee.apis.RecommendApi
import marquee.apis.UsersApi
import marquee.infrastructure.ClientException
import marquee.infrastructure.Serializer
import marquee.models.HistoryEntry
import marquee.models.HistoryRequest
import marquee.models.QueryRequest
import marquee.models.RatingRequest

/** What docs/mobile.md shows, a rating that counts, a wish, and a request that is refused. */
fun main(args: Array<String>): Unit = runBlocking {
  // a field that is left out is not sent, rather than sent as null
  Serializer.kotlinxSerializationJsonConfiguration = { encodeDefaults = false }
  val server = "${args[0]}/v1"
  val recommend = RecommendApi(server)
  val users = UsersApi(server)

  val list = recommend.postRecommendHistory(HistoryRequest(k = 20, history = listOf(HistoryEntry(movieId = 1, rating = 5.0))))
  check(list.items.size == 20) { "found ${list.items.size} movies, expected 20" }
  check(list.items.none { it.movieId == 1 }) { "found the movie that was rated" }

  users.putUsersByUserIdRatingsByMovieId(1, 1, RatingRequest(rating = 4.5))
  val own = recommend.getRecommendUserByUserId(1, k = 5, avoidGenres = listOf("Drama"))
  check(own.items.none { "Drama" in it.genres }) { "found a drama, expected none" }
  users.deleteUsersByUserIdRatingsByMovieId(1, 1)

  val wish = recommend.postRecommendQuery(QueryRequest(text = "a comedy", k = 3))
  check(wish.items.all { "Comedy" in it.genres }) { "found no comedy, expected three" }
  val movie = MoviesApi(server).getMoviesByMovieId(list.items.first().movieId)

  try {
    recommend.postRecommendHistory(HistoryRequest(k = 5000, history = listOf()))
    error("found an answer, expected status 400")
  } catch (refused: ClientException) {
    check(refused.statusCode == 400) { "found status ${refused.statusCode}, expected 400" }
  }
  println("Kotlin: ${list.items.size} movies, the first ${movie.title}: ${list.items.first().reason.text}")
  // the pool of connections would keep it for a minute
  exitProcess(0)
}
