import type { Mood } from '#core/schemas/intent.ts'

/** How a mood shows in what is told of a movie. */
interface MoodSigns {
  /** words of overviews, taglines and keywords */
  words: string
  /** genres that mostly feel so, MovieLens' and TMDB's names */
  genres: readonly string[]
}

/**
 * Signs of each mood, written by hand: no source tells moods. A movie counts by the TF-IDF weight of those that it has,
 * and answers name them as evidence.
 */
export const MOOD_SIGNS: Record<Mood, MoodSigns> = {
  sad: {
    words:
      'tragic tragedy grief grieving mourn death dying cancer heartbreak heartbroken tearjerker melancholy sorrow suicide widow orphan farewell lonely',
    genres: ['Drama'],
  },
  happy: {
    words: 'joy joyful cheerful happiness celebration celebrate uplifting delightful fun friendship wedding',
    genres: ['Comedy', 'Musical', 'Children', 'Family'],
  },
  funny: {
    words: 'hilarious comedy comic comedic parody spoof satire slapstick prank mishap absurd screwball buddy wacky',
    genres: ['Comedy'],
  },
  dark: {
    words:
      'dark bleak grim noir murder corruption crime evil sinister nihilistic disturbing dystopian dystopia gritty serial killer',
    genres: ['Film-Noir', 'Crime', 'Thriller'],
  },
  tense: {
    words:
      'suspense tense thriller hostage chase kidnapping kidnapped countdown bomb trapped pursuit conspiracy stalker siege',
    genres: ['Thriller'],
  },
  scary: {
    words:
      'horror terror terrifying haunted ghost demon possessed slasher nightmare monster supernatural exorcism zombie vampire scary',
    genres: ['Horror'],
  },
  romantic: {
    words: 'love romance romantic lovers falls affair kiss wedding marriage passion courtship sweetheart relationship',
    genres: ['Romance'],
  },
  'heart-warming': {
    words:
      'heartwarming family friendship kindness bond orphan grandfather dog reunion adoption christmas warm touching',
    genres: ['Children', 'Family'],
  },
  inspiring: {
    words:
      'inspiring inspirational triumph overcome perseverance underdog dream true coach teacher courage determined champion biographical',
    genres: ['Drama'],
  },
  thoughtful: {
    words:
      'philosophical existential meaning humanity moral morality reflection society faith identity ethics conscience memory mortality',
    genres: ['Drama', 'Documentary'],
  },
  'mind-bending': {
    words:
      'reality dream time travel loop parallel memory surreal twist paradox simulation subconscious identity nonlinear hallucination puzzle',
    genres: ['Sci-Fi', 'Science Fiction', 'Mystery'],
  },
  epic: {
    words: 'epic empire battle kingdom saga legend army conquest historical quest ancient war hero king warrior',
    genres: ['Adventure', 'War', 'Fantasy'],
  },
  relaxing: {
    words: 'gentle lighthearted vacation summer countryside cooking food nature simple quiet charming holiday village',
    genres: ['Comedy', 'Children', 'Family'],
  },
  nostalgic: {
    words:
      'childhood nostalgia nostalgic youth teenage school summer hometown memories reunion 1950s 1960s 1970s 1980s growing',
    genres: ['Drama'],
  },
  violent: {
    words:
      'violent violence brutal gore gory blood bloody massacre assassin gang revenge slaughter torture mafia gangster',
    genres: ['Action', 'Crime', 'Horror'],
  },
  quirky: {
    words:
      'quirky eccentric offbeat oddball bizarre strange whimsical misfit dysfunctional unusual absurd weird deadpan',
    genres: ['Comedy'],
  },
  lonely: {
    words:
      'lonely loneliness isolated isolation alone solitude alienated alienation recluse outsider stranded estranged drifter',
    genres: ['Drama'],
  },
  hopeful: {
    words: 'hope hopeful redemption survive survivor freedom faith rebuild recovery dream optimism',
    genres: ['Drama'],
  },
  angry: {
    words: 'revenge vengeance avenge rage vigilante betrayed betrayal retribution justice vendetta fury wronged',
    genres: ['Action', 'Thriller'],
  },
  slow: {
    words: 'meditative contemplative minimalist quiet everyday solitude landscape observational silence',
    genres: ['Drama'],
  },
  fast: {
    words: 'chase race racing heist escape explosion explosive adrenaline car action pursuit stunt shootout mission',
    genres: ['Action'],
  },
  dreamy: {
    words: 'dream dreamlike surreal magical fairy tale enchanted whimsical poetic fantasy imagination ethereal magic',
    genres: ['Fantasy', 'Animation'],
  },
}
