/**
 * Function words, folded. English: the closed classes, with the contractions that the analyser joins. Vietnamese: only
 * syllables that mean nothing else once their tones are gone; `ma` (mà, but also ma: ghost) and `con` (child) stay.
 */
const ENGLISH = `
a about above after again against all also am an and any are arent as at be because been before being below between
both but by can cannot cant could couldnt did didnt do does doesnt doing dont down during each few for from further
had hadnt has hasnt have havent having he hed her here hers herself hes him himself his how i id if ill im in into is
isnt it its itself ive just me more most must my myself no nor not now of off on once only or other our ours ourselves
out over own s same she shed shes should shouldnt so some such t than that thats the their theirs them themselves then
there theres these they theyd theyll theyre theyve this those through to too under until up upon us very was wasnt we
wed were werent weve what when where which while who whom whos whose why will with within without wont would wouldnt
yet you youd youll your youre yours yourself yourselves youve`

const VIETNAMESE = `
bi boi cac cai cho chua cua cung cuoc da dang day den duoc gi hay hon khi khong la lai lam len mot nay nen neu ngay
nhieu nhu nhung nhau o qua ra rang rat roi sau se su tai theo thi trong truoc tu tung va van vao ve vi viec voi vua`

export const STOP_WORDS: ReadonlySet<string> = new Set(`${ENGLISH} ${VIETNAMESE}`.trim().split(/\s+/))
