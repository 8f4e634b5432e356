/**
 * Requests and answers of the API. Written by `npm run build:client` from the schemas that the Worker validates with;
 * not to be changed by hand.
 */
export interface ApiError {
  error: {
    code:
      | 'bad_request'
      | 'unauthorized'
      | 'forbidden'
      | 'not_found'
      | 'method_not_allowed'
      | 'conflict'
      | 'too_large'
      | 'unsupported_media_type'
      | 'rate_limited'
      | 'not_ready'
      | 'unavailable'
      | 'not_set_up'
      | 'internal'
    /** what was found and what was expected */
    message: string
    /** field of the request at fault */
    path?: string | undefined
  }
}

/** what this answer had to do without; empty when all was there. ranking: a fresh list could not be made. parse, rerank, explain: the language model was asked and gave nothing of use */
export type Degraded = ('liveRatings' | 'publishedHistory' | 'ranking' | 'parse' | 'rerank' | 'explain')[]

export interface DetailsOptions {
  /** language of reasons and of `localTitle`: en, the default, or vi */
  locale?: Locale | undefined
}

/** what diversity cost and bought; left out where none was asked for */
export interface DiversityReceipt {
  /** the diversity of the request, above 0 */
  asked: number
  /** share of the summed scores of the list without diversity */
  relevanceGivenUp: number
  /** mean pairwise 1 − cosine of the list without and with diversity */
  intraListDiversity: {
    before: number
    after: number
  }
}

export interface ErasedUser {
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId: number
  erased: true
  /** ratings and marks that were given through the API */
  removed: number
  /** ratings in the published model, which no answer uses any more; the next build is to leave them out */
  publishedRatings: number
}

/** click: opened what an answer held; play: began to watch it; complete: saw it to the end */
export type EventKind = 'click' | 'play' | 'complete'

export interface EventsAnswer {
  /** what they were kept for; null: no experiment runs, so nothing was kept */
  experiment: ExperimentMark | null
  /** events that were new: of a viewer, kind, movie and day one is kept, so it may be sent again */
  stored: number
}

export interface EventsRequest {
  /**
   * whose events they are; left out, those of the viewer of `X-Viewer-Id`
   * @minimum 1
   */
  userId?: number | undefined
  events: {
    kind: EventKind
    /**
     * movieId of the catalogue (MovieLens)
     * @minimum 1
     */
    movieId: number
  }[]
}

/** the experiment that the answer belongs to, and its arm there; left out where there is none */
export interface ExperimentMark {
  name: string
  arm: string
}

export interface ExplainRequest {
  /** movies of the catalogue, such as a list’s first ones */
  movieIds: number[]
  /** @default "en" */
  language?: 'vi' | 'en' | undefined
  /**
   * who words the explanations: templates, or the language model for the first movies, as far as it can
   * @default "template"
   */
  explain?: 'template' | 'model' | undefined
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId?: number | undefined
  history?: HistoryEntry[] | undefined
  /** a history as POST /taste signed it; of its times only the order is kept */
  taste?: string | undefined
}

export interface ExplainedMovie {
  /**
   * movieId of the catalogue (MovieLens)
   * @minimum 1
   */
  movieId: number
  explanation: Explanation
}

export interface Explanation {
  /** one or two sentences in the language of the query */
  text: string
  by: 'template' | 'model'
}

export interface Explanations {
  /** build that answered */
  modelId: string
  degraded: Degraded
  /** in the order of the request */
  items: ExplainedMovie[]
}

export interface Feedback {
  /**
   * movieId of the catalogue (MovieLens)
   * @minimum 1
   */
  movieId: number
  kind: Mark
  /** of snoozed, seconds since 1970 */
  until: number | null
  /** seconds since 1970 */
  updatedAt: number
  /**
   * grows with every write of any user; the largest of a movie is its newest
   * @minimum 1
   */
  version: number
}

export interface FeedbackList {
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId: number
  /** the mark of each movie that has one, newest first; a snooze that is over is none */
  items: Feedback[]
  /** for the next page; null at the end */
  nextCursor: string | null
}

export interface FeedbackOptions {
  /** only marks of this kind */
  kind?: Mark | undefined
  /**
   * marks wanted, at most 1000
   * @minimum 1
   * @maximum 1000
   * @default 100
   */
  k?: number | undefined
  /** nextCursor of the page before */
  cursor?: string | undefined
}

export interface FeedbackRequest {
  kind: Mark
  /** with snoozed: seconds since 1970 or ISO 8601, at most a year ahead; left out, 30 days from now */
  until?: number | string | undefined
}

export interface FeedbackUndo {
  /**
   * undo only this write, where it is the newest: so a request that is sent again undoes nothing else
   * @minimum 1
   */
  version?: number | undefined
}

export interface GroupMember {
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId?: number | undefined
  history?: HistoryEntry[] | undefined
  /** a history as POST /taste signed it; of its times only the order is kept */
  taste?: string | undefined
  /**
   * how much the member counts in an average, 0.1 to 10
   * @minimum 0.1
   * @maximum 10
   * @default 1
   */
  weight?: number | undefined
  /**
   * movies that this member will not have
   * @default []
   */
  vetoMovies?: number[] | undefined
  /**
   * genres that this member will not have
   * @default []
   */
  vetoGenres?: string[] | undefined
}

export interface GroupOptions extends ListOptions {
  /** weights of this answer’s blend, 0 to 1; a score left out weighs 0. Default: learned, see GET /model */
  weights?:
    | {
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        cf?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        next?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        neighbours?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        content?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        popularity?: number | undefined
      }
    | undefined
  /**
   * how much unlike each other the movies shall be (MMR): 0, the default, is the best-first list as it is
   * @minimum 0
   * @maximum 1
   */
  diversity?: number | undefined
  /** true: the answer carries what POST /replay needs to give it again */
  replay?: boolean | undefined
  /**
   * what a movie’s score is made of the members’ fits. average: their weighted mean; leastMisery: the smallest; averageWithoutMisery: the mean, of movies only that fit everybody by `threshold`
   * @default "average"
   */
  strategy?: 'average' | 'leastMisery' | 'averageWithoutMisery' | undefined
  /**
   * with averageWithoutMisery: the least fit that every member must have, 0 to 1
   * @minimum 0
   * @maximum 1
   * @default 0.3
   */
  threshold?: number | undefined
  /**
   * leave out what any member has seen, or only what all have; what one rated 2 stars or less never comes
   * @default "any"
   */
  seenBy?: 'any' | 'all' | undefined
}

export interface GroupRecommendations {
  /** build that answered */
  modelId: string
  /** of the draws behind the answer; null: chance plays no part in it */
  seed: number | null
  /** the lowest rung that a member stands on */
  rung: Rung
  strategy: 'average' | 'leastMisery' | 'averageWithoutMisery'
  /** in the order of the request */
  members: {
    rung: Rung
    /** weights that this member’s scores were blended with */
    weights: {
      /**
       * weight of collaborative filtering by factors, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      cf: number
      /**
       * weight of what comes next after the last movies of the history, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      next: number
      /**
       * weight of item–item neighbours, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      neighbours: number
      /**
       * weight of content similarity, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      content: number
      /**
       * weight of damped popularity, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      popularity: number
    }
    /** movies of the history that the catalogue knows */
    ratings: number
    /** those that count as liked */
    likes: number
    /** movies of the history that the catalogue lacks */
    unknownMovieIds: number[]
    /**
     * over the list
     * @minimum 0
     * @maximum 1
     */
    meanFit: number
    degraded: Degraded
  }[]
  /** of the list; zeros where it is empty */
  fairness: {
    /**
     * over all members and movies
     * @minimum 0
     * @maximum 1
     */
    meanFit: number
    /**
     * of the member that the list fits least
     * @minimum 0
     * @maximum 1
     */
    leastMeanFit: number
    /**
     * the smallest fit of any movie for any member
     * @minimum 0
     * @maximum 1
     */
    leastFit: number
  }
  diversity?: DiversityReceipt | undefined
  degraded: Degraded
  /** cursor of the next page; null where there is none, or 2,000 movies were shown */
  nextCursor: string | null
  /** another model than that of the page before answered: nothing repeats, but the order is the new one */
  modelChanged: boolean
  items: GroupedMovie[]
  /** with replay: true */
  replay?: Replay | undefined
}

export interface GroupRequest extends GroupOptions {
  /** 2 to 8 viewers; what one of them gave 2 stars or less is vetoed */
  members: GroupMember[]
}

export interface GroupedMovie extends MovieSummary {
  /** 1 is first */
  rank: number
  /** by the strategy, of the members’ fits; 0 to 1 */
  score: number
  /** in the order of the request */
  members: {
    /**
     * the member’s own blended score in parts of that of the best movie for them; 0 to 1
     * @minimum 0
     * @maximum 1
     */
    fit: number
    /** how much of the score came from this member; they sum to it */
    share: number
    /** stars that the member would give; null as in Recommendations */
    predictedStars: number | null
    seen: boolean
  }[]
}

export interface Health {
  status: 'ok'
}

export interface HistoryEntry {
  /**
   * movieId of the catalogue (MovieLens)
   * @minimum 1
   */
  movieId: number
  /**
   * stars; left out, the movie counts as liked
   * @minimum 0.5
   * @maximum 5
   */
  rating?: number | undefined
  /**
   * seconds since 1970; left out, entries count as given in order of time
   * @minimum 0
   * @maximum 4294967295
   */
  timestamp?: number | undefined
}

export interface HistoryRequest extends RecommendOptions {
  /** what the viewer has rated or liked; none of it is recommended */
  history?: HistoryEntry[] | undefined
  /** a history as POST /taste signed it; of its times only the order is kept */
  taste?: string | undefined
}

export interface Intent {
  /** of the query; answers are in it */
  language: 'vi' | 'en'
  /** genres of the catalogue that a movie must have */
  mustGenres: string[]
  /** all of mustGenres, or one of them: “action or comedy” */
  genresJoin: 'all' | 'any'
  /** genres of the catalogue that no movie may have */
  avoidGenres: string[]
  /** how the movie shall feel */
  moods: (
    | 'sad'
    | 'happy'
    | 'funny'
    | 'dark'
    | 'tense'
    | 'scary'
    | 'romantic'
    | 'heart-warming'
    | 'inspiring'
    | 'thoughtful'
    | 'mind-bending'
    | 'epic'
    | 'relaxing'
    | 'nostalgic'
    | 'violent'
    | 'quirky'
    | 'lonely'
    | 'hopeful'
    | 'angry'
    | 'slow'
    | 'fast'
    | 'dreamy'
  )[]
  /** other words that say what it is about, in their order */
  keywords: string[]
  /** movies of the catalogue that it shall be like; none of them is recommended */
  similarTitles: {
    /** @minimum 1 */
    movieId: number
    title: string
    /** in the language of `locale`, or else of the query; left out where nothing else than `title` is known */
    localTitle?: string | undefined
  }[]
  /** directors or actors that it must have */
  people: string[]
  /** directors or actors that it must not have */
  avoidPeople: string[]
  yearFrom: number | null
  yearTo: number | null
  /** minutes */
  runtimeFrom: number | null
  /** minutes */
  runtimeTo: number | null
  /** ISO 639: “phim Hàn”, “a French film” */
  originalLanguage: string | null
}

export interface ListOptions {
  /**
   * items wanted; at most `api.maxK` of the model (GET /model)
   * @minimum 1
   */
  k?: number | undefined
  /** only movies that have at least one of these genres */
  genres?: string[] | undefined
  /** only movies that have all of these genres */
  genresAll?: string[] | undefined
  /** no movie that has any of these genres */
  avoidGenres?: string[] | undefined
  /**
   * first year of release; a movie of unknown year satisfies no bound
   * @minimum 1870
   * @maximum 2100
   */
  yearFrom?: number | undefined
  /**
   * last year of release
   * @minimum 1870
   * @maximum 2100
   */
  yearTo?: number | undefined
  /**
   * shortest running time in minutes; an unknown one satisfies no bound
   * @minimum 1
   * @maximum 32767
   */
  runtimeFrom?: number | undefined
  /**
   * longest running time in minutes
   * @minimum 1
   * @maximum 32767
   */
  runtimeTo?: number | undefined
  /**
   * only movies with at least so many ratings in the data
   * @minimum 0
   */
  minRatings?: number | undefined
  /** only movies of this original language (ISO 639); refused where no source of the catalogue tells it */
  language?: string | undefined
  /** movies to leave out */
  exclude?: number[] | undefined
  /** only these movies; those that the catalogue lacks are passed over */
  only?: number[] | undefined
  /** language of reasons and of `localTitle`: en, the default, or vi */
  locale?: Locale | undefined
  /** `nextCursor` of the page before: the list goes on behind it. The other fields may change in between */
  cursor?: string | undefined
}

export type Locale = 'en' | 'vi'

/** seen, liked and disliked: not recommended again; liked also counts as a like, disliked takes one back and leaves similar movies where they are; snoozed: not recommended until a time */
export type Mark = 'seen' | 'liked' | 'disliked' | 'snoozed'

export interface ModelAnswer {
  project: string
  experiment: {
    name: string
    notes: string
  }
  seed: number
  data: {
    users: number
    movies: number
    ratings: number
    /** ratings that passed the filters */
    usedRatings: number
    usedUsers: number
    usedMovies: number
    parts: {
      train: number
      validation: number
      test: number
    }
    coverage: {
      overview: number
      cast: number
      directors: number
      keywords: number
    }
    firstRating: string
    lastRating: string
    /** of the feedback that was laid over the ratings; none where none was */
    feedback?:
      | {
          /** that could be read */
          events: number
          /** of the newest of them, 0 where there are none: what comes above it is new */
          lastVersion: number
          /** why → rows */
          leftOut: Record<string, number>
          /** who said something that counts */
          users: number
          /** ratings of movies that the user had not rated */
          added: number
          /** ratings that took the place of another */
          replaced: number
          /** ratings that were taken back */
          removed: number
          /** who asked to be forgotten */
          erasedUsers: number
          /** of theirs */
          erasedRatings: number
        }
      | undefined
  }
  model: {
    /** algorithm of the collaborative score */
    cf: string
    /** algorithm of the item–item weights; none where there are none */
    neighbours: string
    /** time scales of what comes next after a history, a file next-N.arrow each; empty where there is none */
    next: {
      /**
       * items back from the end of a history that it sees
       * @minimum 1
       */
      length: number
      /** items after which an older one weighs half */
      recencyHalfLife: number
    }[]
    /**
     * p of stars^p that a movie of the history counts for what comes next; 0: all the same
     * @minimum 0
     */
    nextRatingExponent: number
    /** what makes a vector of a history in a two-tower model; none where histories are folded in */
    tower?:
      | {
          scales: {
            /**
             * items back from the end of a history that a pool sees
             * @minimum 1
             */
            length: number
            /** items after which an older one weighs half */
            recencyHalfLife: number
          }[]
          /** of the pools */
          layerNorm: boolean
          /**
           * p of stars^p that a movie of the history counts
           * @minimum 0
           */
          ratingExponent: number
          /**
           * what a movie's score is: the product of the two vectors, or its share of their softmax
           * @default "products"
           */
          scores: 'products' | 'shares'
        }
      | undefined
    factors: number
    /** sweeps over users and items; 0 where the factors were imported */
    iterations: number
    /** λ of a history that is folded in, where a like weighs 1 */
    regularization: number
    /** weight of a movie that a history does not have, where a like weighs 1 */
    unobservedWeight: number
    /** terms of the content index */
    terms: number
    /** titles in other languages than the catalogue’s; none where there are none */
    localTitles?:
      | {
          /** ISO 639 codes */
          languages: string[]
          /** movies that have one */
          movies: number
        }
      | undefined
    /** a rating counts as a like from this star up */
    likedFrom: number
    /** likes after which an older like weighs half in the collaborative score; null: all weigh the same */
    recencyHalfLife: number | null
    /** the same for the item–item weights */
    neighbourHalfLife: number | null
    /** weights by history length: the last row whose minLikes is not above the number of likes holds */
    blend: {
      /** @minimum 0 */
      minLikes: number
      weights: {
        /**
         * weight of collaborative filtering by factors, 0 to 1
         * @minimum 0
         * @maximum 1
         */
        cf: number
        /**
         * weight of what comes next after the last movies of the history, 0 to 1
         * @minimum 0
         * @maximum 1
         */
        next: number
        /**
         * weight of item–item neighbours, 0 to 1
         * @minimum 0
         * @maximum 1
         */
        neighbours: number
        /**
         * weight of content similarity, 0 to 1
         * @minimum 0
         * @maximum 1
         */
        content: number
        /**
         * weight of damped popularity, 0 to 1
         * @minimum 0
         * @maximum 1
         */
        popularity: number
      }
      /** why these weights; none where nothing was compared */
      evidence?:
        | {
            /** the best source alone on validation */
            bestMember: 'cf' | 'next' | 'neighbours' | 'content' | 'popularity'
            /** validation users that the row was learned by */
            users: number
            /** those of them with longer histories, of which only the last likes were told */
            replayed: number
            /** blend minus best member, paired by user; the weights that judge a tenth of the users were chosen on the others */
            'ndcg@10': {
              mean: number
              /** lower end of the 95 % bootstrap interval over users */
              low: number
              /** upper end of the 95 % bootstrap interval over users */
              high: number
            }
            /** the same of all rows, each user by the mean of those he is in; none in models of before it was asked for */
            together?:
              | {
                  mean: number
                  /** lower end of the 95 % bootstrap interval over users */
                  low: number
                  /** upper end of the 95 % bootstrap interval over users */
                  high: number
                }
              | undefined
            /** the blend only where the interval lies above 0, or the mean and the interval of all rows together */
            shipped: 'blend' | 'member'
          }
        | undefined
    }[]
    /** of the learned order of the first movies; none where none was tried */
    ranker?:
      | {
          /** only where the interval lies above 0 */
          shipped: boolean
          /** movies of the blended list that it puts in order */
          pool: number
          /** ratings of a history from which on it does */
          minRatings: number
          trees: number
          /** validation users that it was learned by and judged on */
          users: number
          /** parts of the users, each judged by trees that were grown on the others */
          folds: number
          /** ranked minus blended, paired by user */
          'ndcg@10': {
            mean: number
            /** lower end of the 95 % bootstrap interval over users */
            low: number
            /** upper end of the 95 % bootstrap interval over users */
            high: number
          }
          /** of each feature, the part of all that the trees gained by asking for it, the largest first */
          gains: Record<string, number>
        }
      | undefined
    /** of the network that helps to predict stars; none where none was tried */
    ratingNetwork?:
      | {
          /** whether it helps with either of these */
          shipped: boolean
          /** with movies that have ratings */
          known: {
            /** only where the interval lies below 0 */
            shipped: boolean
            /** of the way from the linear prediction to the network’s that is gone */
            share: number
            users: number
            /** validation ratings that were predicted by models that had not seen them */
            ratings: number
            /** of each alone, and of the share of the way; this with the share of the other half of the users */
            rmse: {
              linear: number
              network: number
              mixed: number
            }
            /** of RMSE, mixed minus linear, paired by user: below 0 is better */
            difference: {
              mean: number
              /** lower end of the 95 % bootstrap interval over users */
              low: number
              /** upper end of the 95 % bootstrap interval over users */
              high: number
            }
          }
          /** with movies of which nothing but their texts, people, year and runtime is told; null where there were none to try */
          told: {
            /** only where the interval lies below 0 */
            shipped: boolean
            /** of the way from the linear prediction to the network’s that is gone */
            share: number
            users: number
            /** validation ratings that were predicted by models that had not seen them */
            ratings: number
            /** of each alone, and of the share of the way; this with the share of the other half of the users */
            rmse: {
              linear: number
              network: number
              mixed: number
            }
            /** of RMSE, mixed minus linear, paired by user: below 0 is better */
            difference: {
              mean: number
              /** lower end of the 95 % bootstrap interval over users */
              low: number
              /** upper end of the 95 % bootstrap interval over users */
              high: number
            }
          } | null
          /** times that every rating was learned from */
          epochs: number
        }
      | undefined
  }
  evaluation: {
    /** how the numbers came about, in words */
    protocol: string
    relevantFrom: number
    usersJudged: number
    /** users left out because nothing in their test part is relevant */
    usersWithoutRelevant: number
    models: {
      name: string
      metrics: Record<
        string,
        {
          mean: number
          /** lower end of the 95 % bootstrap interval over users */
          low: number
          /** upper end of the 95 % bootstrap interval over users */
          high: number
        }
      >
      /** share of the catalogue that stands in at least one list, `coverage@10` and so on */
      coverage: Record<string, number>
    }[]
    /** served blend minus popularity, paired by user */
    overPopularity: Record<
      string,
      {
        mean: number
        /** lower end of the 95 % bootstrap interval over users */
        low: number
        /** upper end of the 95 % bootstrap interval over users */
        high: number
      }
    >
    /** of predicted stars; null where the model predicts none */
    stars: {
      users: number
      /** ratings that were predicted */
      ratings: number
      /** rmse and mae over all ratings, rmseByUser and maeByUser the means of the users’ own; beside the mean of all ratings, the movie’s mean, and this with the user’s deviation from it */
      models: {
        name: string
        metrics: Record<
          string,
          {
            mean: number
            /** lower end of the 95 % bootstrap interval over users */
            low: number
            /** upper end of the 95 % bootstrap interval over users */
            high: number
          }
        >
      }[]
      /** served minus userAndMovieMean, paired by user: below 0 is better */
      overBaseline: Record<
        string,
        {
          mean: number
          /** lower end of the 95 % bootstrap interval over users */
          low: number
          /** upper end of the 95 % bootstrap interval over users */
          high: number
        }
      >
      /** mean stars predicted and given, by predicted stars in bins of half a star */
      calibration: {
        from: number
        to: number
        ratings: number
        predicted: number
        actual: number
      }[]
      /** share of the ratings within one and two of the predicted standard deviations; 0.68 and 0.95 of normal ones */
      withinDeviation: {
        one: number
        two: number
      }
    } | null
  }
  /** left out where nothing was measured */
  rerank?:
    | {
        /** of the language model */
        model: string
        /** version of the prompt */
        prompt: string
        users: number
        /** re-ranked minus as scored, paired by user */
        'ndcg@10': {
          mean: number
          /** lower end of the 95 % bootstrap interval over users */
          low: number
          /** upper end of the 95 % bootstrap interval over users */
          high: number
        }
        /** the same where the model got the candidates in an order of chance */
        shuffled: {
          'ndcg@10': {
            mean: number
            /** lower end of the 95 % bootstrap interval over users */
            low: number
            /** upper end of the 95 % bootstrap interval over users */
            high: number
          }
        }
      }
    | undefined
  /** users that the page offers to try */
  exampleUsers: number[]
  modelId: string
  /** ISO time at which the pointer was moved to this model */
  publishedAt: string
  /** limits of the API */
  api: {
    /**
     * @minimum 1
     * @maximum 1000
     * @default 20
     */
    defaultK: number
    /**
     * @minimum 1
     * @maximum 1000
     * @default 100
     */
    maxK: number
    /**
     * @minimum 1
     * @maximum 100000
     * @default 10000
     */
    maxHistory: number
    /**
     * @minimum 1024
     * @maximum 10000000
     * @default 1048576
     */
    maxBodyBytes: number
    /**
     * @minimum 0
     * @maximum 100
     * @default 12
     */
    exampleUsers: number
  }
}

export interface ModelHistory {
  /** the served model, then those before it, the newest first; at most 10. Each was judged on data of its own day */
  models: {
    modelId: string
    /** ISO time at which the pointer was moved to the served model, or at which one before it was uploaded */
    publishedAt: string
    /** learned from and judged by */
    ratings: number
    /** in the catalogue */
    movies: number
    usersJudged: number
    /** NDCG@10 on the test part; null where lists of ten were not judged */
    ndcgAt10: {
      mean: number
      /** lower end of the 95 % bootstrap interval over users */
      low: number
      /** upper end of the 95 % bootstrap interval over users */
      high: number
    } | null
    /** the same of plain popularity, on the same users */
    popularityNdcgAt10: {
      mean: number
      /** lower end of the 95 % bootstrap interval over users */
      low: number
      /** upper end of the 95 % bootstrap interval over users */
      high: number
    } | null
  }[]
}

export interface Move extends MovieSummary {
  /** entered, left: the list of k; up, down: to another rank within it */
  kind: 'entered' | 'left' | 'up' | 'down'
  /** null while the movie may not be recommended, such as one of the history */
  before: {
    /** among all movies that may be recommended */
    rank: number
    score: number
    shares: Shares
  } | null
  /** null while the movie may not be recommended, such as one of the history */
  after: {
    /** among all movies that may be recommended */
    rank: number
    score: number
    shares: Shares
  } | null
  /** after minus before; null where one of them is */
  scoreChange: number | null
  /** the same by source; they sum to it */
  shareChanges: Shares | null
  /** one sentence for the viewer */
  text: string
  /** changed movies that moved the score most in its direction; empty where others moved past */
  because: {
    /**
     * movieId of the catalogue (MovieLens)
     * @minimum 1
     */
    movieId: number
    title: string
    /** what the movie is called in the language of `locale`; left out where nothing else than `title` is known */
    localTitle?: string | undefined
    /** on the score */
    effect: number
  }[]
}

export interface MovieDetails extends MovieSummary {
  overview: string
  tagline: string
  keywords: string[]
  cast: string[]
  directors: string[]
  /** minutes, null where unknown */
  runtime: number | null
  /** address of a picture, empty where there is none */
  poster: string
  /** address of the page that the overview is from, to be linked to beside it; empty where unknown */
  source: string
  /** tt and at least 7 digits */
  imdbId: string | null
  tmdbId: number | null
}

export interface MovieList {
  modelId: string
  /** cursor of the next page; null where there is none, or 2,000 movies were shown */
  nextCursor: string | null
  /** another model than that of the page before answered: nothing repeats, but the order is the new one */
  modelChanged: boolean
  items: MovieSummary[]
}

export interface MovieSearch extends ListOptions {
  /** words of a name, each may be a beginning, and its year; diacritics do not matter, and typos where nothing else is found. Names in other languages are known too; with `locale` vi they count as much as the catalogue’s */
  q?: string | undefined
}

export interface MovieSummary {
  /**
   * movieId of the catalogue (MovieLens)
   * @minimum 1
   */
  movieId: number
  title: string
  /** what the movie is called in the language of `locale`; left out where nothing else than `title` is known */
  localTitle?: string | undefined
  /** year of release, null where unknown */
  year: number | null
  genres: string[]
  /** mean stars in the data, null without ratings */
  meanRating: number | null
  /** ratings in the data */
  numRatings: number
}

export interface PredictNewMovieRequest {
  /** for you to know it by; titles say nothing about stars */
  title: string
  /** what it is about, in the language of the catalogue’s texts */
  overview?: string | undefined
  /** as movies of the catalogue have them */
  genres?: string[] | undefined
  directors?: string[] | undefined
  /** what is called `cast` in GET /movies/{movieId} */
  actors?: string[] | undefined
  keywords?: string[] | undefined
  /**
   * of release
   * @minimum 1870
   * @maximum 2100
   */
  year?: number | undefined
  /**
   * minutes
   * @minimum 1
   * @maximum 1000
   */
  runtime?: number | undefined
  /**
   * similar movies wanted; 10 when left out
   * @minimum 1
   * @maximum 100
   */
  k?: number | undefined
  /** language of reasons and of `localTitle`: en, the default, or vi */
  locale?: Locale | undefined
  /**
   * whose ratings the prediction goes by: published and live ones
   * @minimum 1
   */
  userId?: number | undefined
  /** instead of userId: ratings to go by */
  history?: HistoryEntry[] | undefined
  /** a history as POST /taste signed it; of its times only the order is kept */
  taste?: string | undefined
}

export interface PredictRatingsRequest {
  /**
   * whose ratings the prediction goes by: published and live ones
   * @minimum 1
   */
  userId?: number | undefined
  /** instead of userId: ratings to go by; entries without stars say nothing here */
  history?: HistoryEntry[] | undefined
  /** a history as POST /taste signed it; of its times only the order is kept */
  taste?: string | undefined
  /** movies to predict, at most 100 */
  movieIds: number[]
  /** language of reasons and of `localTitle`: en, the default, or vi */
  locale?: Locale | undefined
}

export interface PredictedNewMovie {
  modelId: string
  title: string
  /** expected rating */
  stars: number
  /** standard deviation of the rating about it; wider than that of a movie with ratings */
  sd: number
  /** 0 to 100: how many in a hundred movies of the catalogue this viewer would give fewer stars */
  starsPercentile: number
  /** personal: by the viewer’s own stars; movie: there are none, so for an average viewer */
  basis: 'personal' | 'movie'
  /** what the prediction went by */
  known: {
    genres: {
      /** different terms of the request */
      given: number
      /** those that some movie of the catalogue has; the others say nothing */
      known: number
    }
    overview: {
      /** different terms of the request */
      given: number
      /** those that some movie of the catalogue has; the others say nothing */
      known: number
    }
    keywords: {
      /** different terms of the request */
      given: number
      /** those that some movie of the catalogue has; the others say nothing */
      known: number
    }
    actors: {
      /** different terms of the request */
      given: number
      /** those that some movie of the catalogue has; the others say nothing */
      known: number
    }
    directors: {
      /** different terms of the request */
      given: number
      /** those that some movie of the catalogue has; the others say nothing */
      known: number
    }
    year: boolean
    /** false also where no runtimes are known of the catalogue’s movies */
    runtime: boolean
  }
  /** its place in this viewer’s recommendations, were it in the catalogue today: as nobody has liked it yet, only factors and texts speak for it, so it stands behind known movies that the viewer would like less; null without likes or known terms */
  rank: {
    /** 1 is first */
    position: number
    /** movies that the viewer has not rated, this one among them */
    of: number
    /** 0 to 100: how many in a hundred of the others it stands above */
    percentile: number
  } | null
  /** movies of the catalogue whose texts are nearest */
  similar: (MovieSummary & {
    /** cosine of the texts, 0 to 1 */
    similarity: number
    /** up to 5 terms that both have, weightiest first */
    shared: string[]
  })[]
  history: {
    /** ratings with stars that the prediction went by */
    ratings: number
    /** movies of the history that the catalogue lacks */
    unknownMovieIds: number[]
  }
  degraded: Degraded
}

export interface PredictedRatings {
  modelId: string
  /** personal: by the viewer’s own stars; movie: there are none, so by the movie and the average viewer */
  basis: 'personal' | 'movie'
  history: {
    /** ratings with stars that the prediction went by */
    ratings: number
    /** movies of the history that the catalogue lacks */
    unknownMovieIds: number[]
  }
  /** movies asked for that the catalogue lacks */
  unknownMovieIds: number[]
  degraded: Degraded
  /** in the order of movieIds */
  predictions: (MovieSummary & {
    /** expected rating */
    stars: number
    /** standard deviation of the rating about it: what is not known, and that stars vary */
    sd: number
    /** what the viewer did give, null where nothing */
    rating: number | null
  })[]
}

export interface QueriedMovie extends MovieSummary {
  /** 1 is first */
  rank: number
  /** comparable within one answer only; the ranks follow it, but for what was re-ranked */
  score: number
  shares: QueryShares
  receipt: Receipt
  explanation: Explanation
  /** stars that the viewer would give; null as in Recommendations */
  predictedStars: number | null
  /** with showOrder: the rank by score alone */
  rankBefore?: number | undefined
}

export interface QueryAnswer {
  /** build that answered */
  modelId: string
  /** of the draws behind the answer; null: chance plays no part in it */
  seed: number | null
  rung: Rung
  intent: Intent
  /** model: the language model took part, and rules verified it; request: it held the intent */
  understoodBy: 'rules' | 'model' | 'request'
  /** null: the order is that of the scores */
  rerankedBy: 'model' | null
  /** wishes that every movie of the answer satisfies */
  kept: WishName[]
  relaxed: RelaxedWish[]
  /** movies of the history that the catalogue lacks */
  unknownMovieIds: number[]
  degraded: Degraded
  /** cursor of the next page; null where there is none, or 2,000 movies were shown */
  nextCursor: string | null
  /** another model than that of the page before answered: nothing repeats, but the order is the new one */
  modelChanged: boolean
  items: QueriedMovie[]
}

export interface QueryOptions extends ListOptions {
  /**
   * true: where no movie satisfies every wish of the query, answer none, rather than give a wish up
   * @default false
   */
  strict?: boolean | undefined
  /** whether the language model may change the order; default: as the Worker is set up */
  rerank?: boolean | undefined
  /**
   * who words the explanations: templates, or the language model for the first movies, as far as it can
   * @default "template"
   */
  explain?: 'template' | 'model' | undefined
  /**
   * true: the answer holds the order before the language model’s
   * @default false
   */
  showOrder?: boolean | undefined
}

export interface QueryRequest extends QueryOptions {
  /** the wish, in Vietnamese or English or both: “phim sci-fi buồn giống Interstellar, không kinh dị” */
  text: string
  /** what the query asks for, as an answer gave it, with changes: it is taken instead of reading the text again */
  intent?: Intent | undefined
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId?: number | undefined
  /** what the viewer has rated or liked; none of it is recommended */
  history?: HistoryEntry[] | undefined
  /** a history as POST /taste signed it; of its times only the order is kept */
  taste?: string | undefined
}

/** how much of the score came from each part; they sum to it */
export interface QueryShares {
  /** likeness to the movies that the query names */
  similar: number
  /** what the query says it is about, and its moods */
  terms: number
  /** the viewer’s own taste */
  taste: number
  popularity: number
}

export interface RatingRequest {
  /**
   * stars, 0.5 to 5 in steps of 0.5
   * @minimum 0.5
   * @maximum 5
   */
  rating: number
}

export interface Readiness {
  status: 'ready' | 'not ready'
  /** model that answers now */
  modelId: string | null
  /** why a newer model was refused, or why there is none; with authentication told to the scope admin only */
  problem: string | null
}

export interface Reason {
  kind: 'liked' | 'next' | 'content' | 'genre' | 'popular' | 'batch'
  /** one sentence for the viewer */
  text: string
  /** movies of the history that carried the score most */
  because: {
    /**
     * movieId of the catalogue (MovieLens)
     * @minimum 1
     */
    movieId: number
    title: string
    /** what the movie is called in the language of `locale`; left out where nothing else than `title` is known */
    localTitle?: string | undefined
  }[]
}

/** what of the query the movie satisfies, and by what; nothing here is guessed */
export interface Receipt {
  /** the wanted genres that it has */
  genres?: string[] | undefined
  people?: string[] | undefined
  /** within the wanted years */
  year?: number | undefined
  /** minutes, within the wanted ones */
  runtime?: number | undefined
  originalLanguage?: string | undefined
  /** genres and people that were refused, and that it does not have */
  without?: string[] | undefined
  /** movies of the query that it is like */
  similarTo?: string[] | undefined
  /** words of the query that its texts have */
  terms?: string[] | undefined
  /** moods of the query, and the words of its texts that speak for them */
  moods?:
    | {
        mood: string
        signs: string[]
      }[]
    | undefined
}

export interface RecommendOptions extends ListOptions {
  /** weights of this answer’s blend, 0 to 1; a score left out weighs 0. Default: learned, see GET /model */
  weights?:
    | {
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        cf?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        next?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        neighbours?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        content?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        popularity?: number | undefined
      }
    | undefined
  /** false: the movies in the order of their blended scores, without the learned order of the first ones, which was learned for the default weights and so never goes with others */
  ranker?: boolean | undefined
  /**
   * how much unlike each other the movies shall be (MMR): 0, the default, is the best-first list as it is
   * @minimum 0
   * @maximum 1
   */
  diversity?: number | undefined
  /** true: the answer carries what POST /replay needs to give it again */
  replay?: boolean | undefined
}

export interface Recommendations {
  /** build that answered */
  modelId: string
  /** of the draws behind the answer; null: chance plays no part in it */
  seed: number | null
  rung: Rung
  /** weights this answer was blended with; zeros with rung batch */
  weights: {
    /**
     * weight of collaborative filtering by factors, 0 to 1
     * @minimum 0
     * @maximum 1
     */
    cf: number
    /**
     * weight of what comes next after the last movies of the history, 0 to 1
     * @minimum 0
     * @maximum 1
     */
    next: number
    /**
     * weight of item–item neighbours, 0 to 1
     * @minimum 0
     * @maximum 1
     */
    neighbours: number
    /**
     * weight of content similarity, 0 to 1
     * @minimum 0
     * @maximum 1
     */
    content: number
    /**
     * weight of damped popularity, 0 to 1
     * @minimum 0
     * @maximum 1
     */
    popularity: number
  }
  history: {
    /** movies of the history that the catalogue knows */
    ratings: number
    /** those that count as liked */
    likes: number
    /** movies of the history that the catalogue lacks */
    unknownMovieIds: number[]
  }
  diversity?: DiversityReceipt | undefined
  experiment?: ExperimentMark | undefined
  degraded: Degraded
  /** cursor of the next page; null where there is none, or 2,000 movies were shown */
  nextCursor: string | null
  /** another model than that of the page before answered: nothing repeats, but the order is the new one */
  modelChanged: boolean
  items: RecommendedMovie[]
  /** with replay: true */
  replay?: Replay | undefined
}

export interface RecommendedMovie extends MovieSummary {
  /** 1 is first */
  rank: number
  /** blended score, moved where the first movies are in a learned order; comparable within one answer only */
  score: number
  shares: Shares
  reason: Reason
  /** stars that the viewer would give, by those given before; without any, what an average viewer would give; null where the model predicts none */
  predictedStars: number | null
}

/** a wish that was given up */
export interface RelaxedWish {
  wish: WishName
  /** nothingFits: with the other wishes no movie was left; unknown: the data tells it of no movie */
  reason: 'nothingFits' | 'unknown'
}

export interface RemovedRating {
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId: number
  /**
   * movieId of the catalogue (MovieLens)
   * @minimum 1
   */
  movieId: number
  removed: true
}

/** What an answer came from. Names no user; the same model and this give the same bytes */
export interface Replay {
  modelId: string
  seed: null
  /**
   * of the request, in seconds since 1970
   * @minimum 0
   * @maximum 4294967295
   */
  time: number
  viewers: ReplayViewer[]
  experiment?: ExperimentMark | undefined
  recommend?:
    | (ListOptions & {
        /** weights of this answer’s blend, 0 to 1; a score left out weighs 0. Default: learned, see GET /model */
        weights?:
          | {
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              cf?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              next?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              neighbours?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              content?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              popularity?: number | undefined
            }
          | undefined
        /** false: the movies in the order of their blended scores, without the learned order of the first ones, which was learned for the default weights and so never goes with others */
        ranker?: boolean | undefined
        /**
         * how much unlike each other the movies shall be (MMR): 0, the default, is the best-first list as it is
         * @minimum 0
         * @maximum 1
         */
        diversity?: number | undefined
      })
    | undefined
  group?:
    | (ListOptions & {
        /** weights of this answer’s blend, 0 to 1; a score left out weighs 0. Default: learned, see GET /model */
        weights?:
          | {
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              cf?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              next?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              neighbours?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              content?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              popularity?: number | undefined
            }
          | undefined
        /**
         * how much unlike each other the movies shall be (MMR): 0, the default, is the best-first list as it is
         * @minimum 0
         * @maximum 1
         */
        diversity?: number | undefined
        /**
         * what a movie’s score is made of the members’ fits. average: their weighted mean; leastMisery: the smallest; averageWithoutMisery: the mean, of movies only that fit everybody by `threshold`
         * @default "average"
         */
        strategy?: 'average' | 'leastMisery' | 'averageWithoutMisery' | undefined
        /**
         * with averageWithoutMisery: the least fit that every member must have, 0 to 1
         * @minimum 0
         * @maximum 1
         * @default 0.3
         */
        threshold?: number | undefined
        /**
         * leave out what any member has seen, or only what all have; what one rated 2 stars or less never comes
         * @default "any"
         */
        seenBy?: 'any' | 'all' | undefined
        members: {
          /**
           * how much the member counts in an average, 0.1 to 10
           * @minimum 0.1
           * @maximum 10
           * @default 1
           */
          weight?: number | undefined
          /**
           * movies that this member will not have
           * @default []
           */
          vetoMovies?: number[] | undefined
          /**
           * genres that this member will not have
           * @default []
           */
          vetoGenres?: string[] | undefined
        }[]
      })
    | undefined
  whatIf?:
    | {
        /**
         * items wanted; at most `api.maxK` of the model (GET /model)
         * @minimum 1
         */
        k?: number | undefined
        /** only movies that have at least one of these genres */
        genres?: string[] | undefined
        /** only movies that have all of these genres */
        genresAll?: string[] | undefined
        /** no movie that has any of these genres */
        avoidGenres?: string[] | undefined
        /**
         * first year of release; a movie of unknown year satisfies no bound
         * @minimum 1870
         * @maximum 2100
         */
        yearFrom?: number | undefined
        /**
         * last year of release
         * @minimum 1870
         * @maximum 2100
         */
        yearTo?: number | undefined
        /**
         * shortest running time in minutes; an unknown one satisfies no bound
         * @minimum 1
         * @maximum 32767
         */
        runtimeFrom?: number | undefined
        /**
         * longest running time in minutes
         * @minimum 1
         * @maximum 32767
         */
        runtimeTo?: number | undefined
        /**
         * only movies with at least so many ratings in the data
         * @minimum 0
         */
        minRatings?: number | undefined
        /** only movies of this original language (ISO 639); refused where no source of the catalogue tells it */
        language?: string | undefined
        /** movies to leave out */
        exclude?: number[] | undefined
        /** only these movies; those that the catalogue lacks are passed over */
        only?: number[] | undefined
        /** language of reasons and of `localTitle`: en, the default, or vi */
        locale?: Locale | undefined
        /** weights of this answer’s blend, 0 to 1; a score left out weighs 0. Default: learned, see GET /model */
        weights?:
          | {
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              cf?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              next?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              neighbours?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              content?: number | undefined
              /**
               * @minimum 0
               * @maximum 1
               * @default 0
               */
              popularity?: number | undefined
            }
          | undefined
        /** false: the movies in the order of their blended scores, without the learned order of the first ones, which was learned for the default weights and so never goes with others */
        ranker?: boolean | undefined
        /**
         * as if these had been rated or liked last
         * @default []
         */
        add?: HistoryEntry[] | undefined
        /**
         * as if these had never been seen
         * @default []
         */
        remove?: number[] | undefined
        /**
         * as if these had got other stars at the time
         * @default []
         */
        change?:
          | {
              /**
               * movieId of the catalogue (MovieLens)
               * @minimum 1
               */
              movieId: number
              /**
               * stars, 0.5 to 5 in steps of 0.5
               * @minimum 0.5
               * @maximum 5
               */
              rating: number
            }[]
          | undefined
      }
    | undefined
}

export interface ReplayViewer {
  /** in the order of time */
  history: {
    /**
     * movieId of the catalogue (MovieLens)
     * @minimum 1
     */
    movieId: number
    /**
     * @minimum 0
     * @maximum 127.5
     */
    rating: number
    /**
     * @minimum 0
     * @maximum 4294967295
     */
    timestamp: number
  }[]
  /** its part with stars of the viewer’s own; null: all of it */
  starred:
    | {
        /**
         * movieId of the catalogue (MovieLens)
         * @minimum 1
         */
        movieId: number
        /**
         * @minimum 0
         * @maximum 127.5
         */
        rating: number
        /**
         * @minimum 0
         * @maximum 4294967295
         */
        timestamp: number
      }[]
    | null
  /** movies not to be recommended besides */
  hidden: number[]
  unknownMovieIds: number[]
  degraded: Degraded
}

export type Replayed = Recommendations | GroupRecommendations | WhatIf

/** the rung of the ladder that the answer stands on; batch: the list was computed beforehand, since it was asked for so, or a fresh one was not to be had */
export type Rung = 'personalized' | 'content' | 'genrePopularity' | 'popularity' | 'batch'

/** how much of the score came from each source, below 0 where one speaks against; they sum to the score */
export interface Shares {
  cf: number
  next: number
  neighbours: number
  content: number
  popularity: number
  /** what the learned order of the first movies added; left out where none took part */
  ranker?: number | undefined
  /** all of the score where the list was computed beforehand, else left out */
  batch?: number | undefined
}

export interface SimilarMovies {
  modelId: string
  /**
   * movieId of the catalogue (MovieLens)
   * @minimum 1
   */
  movieId: number
  /** cursor of the next page; null where there is none, or 2,000 movies were shown */
  nextCursor: string | null
  /** another model than that of the page before answered: nothing repeats, but the order is the new one */
  modelChanged: boolean
  items: (MovieSummary & {
    /** 0 to 1 */
    similarity: number
    shares: Shares
  })[]
}

export type SimilarOptions = ListOptions

export interface StoredFeedback extends Feedback {
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId: number
}

export interface StoredRating {
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId: number
  /**
   * movieId of the catalogue (MovieLens)
   * @minimum 1
   */
  movieId: number
  /**
   * stars, 0.5 to 5 in steps of 0.5
   * @minimum 0.5
   * @maximum 5
   */
  rating: number
  updatedAt: number
}

export interface TasteAnswer {
  /** a history as POST /taste signed it; of its times only the order is kept */
  taste: string
  /** ratings and likes in it */
  entries: number
  /** older ones that found no room: it holds the newest 1,000 */
  dropped: number
}

export interface TasteChange {
  /** a history as POST /taste signed it; of its times only the order is kept */
  taste: string
  /** ratings and likes that came since; of a movie the last one holds */
  add?: HistoryEntry[] | undefined
  /** movies to take out */
  remove?: number[] | undefined
}

export interface TasteRequest {
  /** what the viewer has rated or liked */
  history: HistoryEntry[]
}

export interface UndoneFeedback {
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId: number
  /**
   * movieId of the catalogue (MovieLens)
   * @minimum 1
   */
  movieId: number
  /** false: there was nothing to undo, or the version is not the newest */
  undone: boolean
  /** what holds now: the mark before, null where there is none */
  feedback: Feedback | null
}

export interface UserData {
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId: number
  modelId: string
  /** ratings of the data that the model was built from; none once the user was erased */
  published: {
    /**
     * movieId of the catalogue (MovieLens)
     * @minimum 1
     */
    movieId: number
    title: string
    /** what the movie is called in the language of `locale`; left out where nothing else than `title` is known */
    localTitle?: string | undefined
    /**
     * stars, 0.5 to 5 in steps of 0.5
     * @minimum 0.5
     * @maximum 5
     */
    rating: number
    /** seconds since 1970 */
    timestamp: number
  }[]
  /** what was said through the API, as it was written */
  live: {
    /**
     * grows with every write of any user; the largest of a movie is its newest
     * @minimum 1
     */
    version: number
    /**
     * movieId of the catalogue (MovieLens)
     * @minimum 1
     */
    movieId: number
    /** null where the model of today lacks the movie */
    title: string | null
    /** what the movie is called in the language of `locale`; left out where nothing else than `title` is known */
    localTitle?: string | undefined
    kind: 'rated' | 'unrated' | 'seen' | 'liked' | 'disliked' | 'snoozed'
    /** of rated */
    rating: number | null
    /** of snoozed, seconds since 1970 */
    until: number | null
    /** seconds since 1970 */
    updatedAt: number
  }[]
  /** the list that was computed beforehand; null where there is none */
  batch: {
    /** build that made it */
    modelId: string
    movieIds: number[]
  } | null
  /** what is kept for reports on experiments */
  experiments: {
    /** days on which an answer belonged to an experiment */
    exposures: {
      name: string
      arm: string
      /** seconds since 1970, first of its day */
      exposedAt: number
    }[]
    /** what POST /events told */
    events: {
      experiment: string
      kind: EventKind
      /**
       * movieId of the catalogue (MovieLens)
       * @minimum 1
       */
      movieId: number
      at: number
    }[]
  }
  /** the user was erased: of the published ratings nothing is used or told any more */
  erased: boolean
}

export interface UserProfile {
  modelId: string
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId: number
  numRatings: number
  meanRating: number | null
  likes: number
  /** most rated genre first */
  genres: {
    name: string
    ratings: number
    meanRating: number
  }[]
  /** oldest first */
  decades: {
    decade: number
    ratings: number
    meanRating: number
  }[]
  /** highest stars first, then newest */
  topRated: (MovieSummary & {
    /**
     * stars, 0.5 to 5 in steps of 0.5
     * @minimum 0.5
     * @maximum 5
     */
    rating: number
    /** seconds since 1970 */
    timestamp: number
  })[]
  /** liked movies, newest first */
  recentFavourites: (MovieSummary & {
    /**
     * stars, 0.5 to 5 in steps of 0.5
     * @minimum 0.5
     * @maximum 5
     */
    rating: number
    /** seconds since 1970 */
    timestamp: number
  })[]
  recommendations: Recommendations
  degraded: Degraded
}

export interface UserRecommendOptions extends RecommendOptions {
  /** true: the list that was computed beforehand (`marquee batch`), such as for mails to everybody: the cheapest answer, and the same until there is a new one, but for what the filters and the user’s feedback take out. Where the user has none, and behind its end, the answer is a fresh one; `rung` tells. A list like this cannot be weighed anew */
  precomputed?: boolean | undefined
}

export interface WhatIf {
  /** build that answered */
  modelId: string
  /** of the draws behind the answer; null: chance plays no part in it */
  seed: number | null
  /** that the new list stands on */
  rung: Rung
  before: {
    rung: Rung
    weights: {
      /**
       * weight of collaborative filtering by factors, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      cf: number
      /**
       * weight of what comes next after the last movies of the history, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      next: number
      /**
       * weight of item–item neighbours, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      neighbours: number
      /**
       * weight of content similarity, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      content: number
      /**
       * weight of damped popularity, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      popularity: number
    }
    /** movies of the history that the catalogue knows */
    ratings: number
    /** those that count as liked */
    likes: number
  }
  after: {
    rung: Rung
    weights: {
      /**
       * weight of collaborative filtering by factors, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      cf: number
      /**
       * weight of what comes next after the last movies of the history, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      next: number
      /**
       * weight of item–item neighbours, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      neighbours: number
      /**
       * weight of content similarity, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      content: number
      /**
       * weight of damped popularity, 0 to 1
       * @minimum 0
       * @maximum 1
       */
      popularity: number
    }
    /** movies of the history that the catalogue knows */
    ratings: number
    /** those that count as liked */
    likes: number
  }
  /** movies of the history and of `add` that the catalogue lacks */
  unknownMovieIds: number[]
  /** movies of `remove` and `change` that are not in the history */
  ignoredMovieIds: number[]
  degraded: Degraded
  /** the new list */
  items: RecommendedMovie[]
  /** in the order of the new list, then those that left it */
  moved: Move[]
  /** with replay: true */
  replay?: Replay | undefined
}

export interface WhatIfOptions {
  /**
   * items wanted; at most `api.maxK` of the model (GET /model)
   * @minimum 1
   */
  k?: number | undefined
  /** only movies that have at least one of these genres */
  genres?: string[] | undefined
  /** only movies that have all of these genres */
  genresAll?: string[] | undefined
  /** no movie that has any of these genres */
  avoidGenres?: string[] | undefined
  /**
   * first year of release; a movie of unknown year satisfies no bound
   * @minimum 1870
   * @maximum 2100
   */
  yearFrom?: number | undefined
  /**
   * last year of release
   * @minimum 1870
   * @maximum 2100
   */
  yearTo?: number | undefined
  /**
   * shortest running time in minutes; an unknown one satisfies no bound
   * @minimum 1
   * @maximum 32767
   */
  runtimeFrom?: number | undefined
  /**
   * longest running time in minutes
   * @minimum 1
   * @maximum 32767
   */
  runtimeTo?: number | undefined
  /**
   * only movies with at least so many ratings in the data
   * @minimum 0
   */
  minRatings?: number | undefined
  /** only movies of this original language (ISO 639); refused where no source of the catalogue tells it */
  language?: string | undefined
  /** movies to leave out */
  exclude?: number[] | undefined
  /** only these movies; those that the catalogue lacks are passed over */
  only?: number[] | undefined
  /** language of reasons and of `localTitle`: en, the default, or vi */
  locale?: Locale | undefined
  /** weights of this answer’s blend, 0 to 1; a score left out weighs 0. Default: learned, see GET /model */
  weights?:
    | {
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        cf?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        next?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        neighbours?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        content?: number | undefined
        /**
         * @minimum 0
         * @maximum 1
         * @default 0
         */
        popularity?: number | undefined
      }
    | undefined
  /** false: the movies in the order of their blended scores, without the learned order of the first ones, which was learned for the default weights and so never goes with others */
  ranker?: boolean | undefined
  /** true: the answer carries what POST /replay needs to give it again */
  replay?: boolean | undefined
  /**
   * as if these had been rated or liked last
   * @default []
   */
  add?: HistoryEntry[] | undefined
  /**
   * as if these had never been seen
   * @default []
   */
  remove?: number[] | undefined
  /**
   * as if these had got other stars at the time
   * @default []
   */
  change?:
    | {
        /**
         * movieId of the catalogue (MovieLens)
         * @minimum 1
         */
        movieId: number
        /**
         * stars, 0.5 to 5 in steps of 0.5
         * @minimum 0.5
         * @maximum 5
         */
        rating: number
      }[]
    | undefined
}

export interface WhatIfRequest extends WhatIfOptions {
  /**
   * userId; one that is not known yet is an ordinary new user
   * @minimum 1
   */
  userId?: number | undefined
  history?: HistoryEntry[] | undefined
  /** a history as POST /taste signed it; of its times only the order is kept */
  taste?: string | undefined
}

export type WishName = 'genres' | 'avoidGenres' | 'people' | 'avoidPeople' | 'years' | 'runtime' | 'originalLanguage'
