/**
 * The words that hold a wish together, by what they do to the words beside them; written as GENRE_PHRASES are. The longest
 * phrase wins, so what looks like a negation and is none (“not only”, “không gian”) stands here as a longer one.
 */
export const GRAMMAR_PHRASES = {
  /** what follows is not wanted */
  negator: `stay away from, steer clear of, devoid of, forget, ditch, spare me, done with, had enough of, opposite of, sick and tired of,
    say no to, no to, cấm, cạch, nói không với, không dám xem, không chịu được, không chịu nổi, dị ứng, dị ứng với, kiêng, chứ không phải, chứ không,
    chứ đừng, khỏi cần, đừng mà có, không hợp với, not, no, non, without, w o, except, except for, excluding, exclude, avoid, avoiding, skip, never, nothing, none of, neither, nor,
    minus, sans, less, fewer, hate, hates, dislike, dislikes, loathe, cant stand, cant stand, sick of, tired of, fed up with, bored of,
    anything but, everything but, anything except, everything except, all but, other than, apart from, aside from, rather than,
    instead of, free of, hold the, lay off, dont, dont, do not, dont like, doesnt, doesnt, does not, isnt, isnt, is not, arent, arent,
    are not, wont, cant, cant, cannot, not into, not a fan of, not too, not so, not that, not very, no more, dont want, dont want, no need for,
    leave out, keep out, aint, aint, lacking, lack of, zero, rid of, enough of, enough with, scared of, afraid of, allergic to,
    không, ko, hok, hông, hong, hem, hổng, khom, kg, khum, hổng, không có, k, đừng, đừng có, trừ, trừ ra, ngoại trừ, loại trừ, tránh, tránh xa, chẳng, chả, bớt,
    ít, ghét, kỵ, né, bỏ qua, bỏ, loại bỏ, miễn là không, miễn đừng, miễn không, khỏi, không muốn, không thích, không cần, không phải,
    không phải là, không được, không quá, không hề, không mê, không khoái, không ưa, ngán, chán, sợ, sợ xem, thay vì, ngoài, không xem`,
  /** sounds like a negation, and negates nothing */
  affirmation: `nothing but, not only, not just, not merely, not simply, not sure, not bad, not necessarily, no matter, no problem, no idea,
    no preference, no worries, no clue, dont know, dont know, do not know, dont care, dont care, do not care, dont mind, dont mind, do not mind,
    doesnt matter, doesnt matter, cant wait, cant wait, cant decide, cant decide, cant choose, cant think, why not, if not,
    whether or not, or not, not long ago, nothing less than, nothing short of, nothing to do, none other than, no doubt, no less, why dont, cant go wrong,
    cant remember, cant remember, dont remember, cant find, cant find, dont have, havent seen, havent seen, not seen, never seen, ive never seen,
    cant get enough of, cant get enough of, never get tired of, cant sleep, nothing beats, nothing like a, no one, nobody, more or less, at least,
    no thanks, not gonna lie, dont worry, dont get me wrong, no spoilers,
    không chỉ, không những, không chỉ là, không kém, không kém phần, không sao, không biết, không nhớ, không rõ, không hiểu, không nhất thiết,
    không quan trọng, không ngại, không vấn đề, không thể thiếu, không thể bỏ qua, không ngờ, không ngừng, không khí, không quân, không đâu,
    không ai, không lo, không thành vấn đề, hàng không, trên không, hay không, có không, được không, phải không, chưa xem, chưa coi, đừng bỏ lỡ,
    đừng lo, đừng ngại, chẳng hạn, chẳng biết, chẳng lẽ, chả biết, chả hiểu, không có gì làm, không có gì, không gì bằng, không chê vào đâu được,
    không thể không, ngoài ra, bên ngoài, nước ngoài, không nhỉ, không ạ, không vậy, không bạn, không ta, không nhé, loại phim, thể loại, loại, không tưởng,
    bỏ túi, không phân biệt, không giới hạn, bất kể, chưa`,
  /** ends a negation: what follows is wanted */
  turn: `but, however, though, although, yet, just, only, please, instead, rather, still, more, want, wanted, need, give me, show me, prefer,
    looking for, something, anything, with, it should be, should be, must be, make it, i like, but also, just something, only want,
    nhưng, nhưng mà, mà, mà là, chỉ, chỉ cần, chỉ muốn, chỉ xem, thay vào đó, còn lại, mà còn, vẫn, thôi, nhé, nha, ạ, đi, miễn, miễn là, muốn,
    thích, cần, tìm, cho tôi, cho mình, cho xem, phải, phải có, càng, hãy, gợi ý, và có, nhưng phải, nên`,
  and: 'and, also, as well as, plus, n, và, với cả, lẫn, cùng, cũng như',
  or: 'or, nor, and or, either, hoặc, hoặc là, hay là, hay',
  /** behind a wish takes it back: “kinh dị thì không” */
  refusal: `isnt my thing, is not my thing, arent my thing, are not my thing, not my thing, isnt my cup of tea, not my cup of tea, thì chịu, thì khỏi, không hợp, thì đừng,
    thì không, thì thôi, thì miễn, thì bỏ qua, thì né, is a no, is out, are out, is not for me, isnt for me, not for me, free, no go, no thanks,
    không nhé, không nha`,
  /** how the viewer is, not what the movie shall be */
  state: `im, im, i am, i feel, im feeling, im feeling, feeling, feel, ive been feeling, weve, we are, she is, he is, my wife is, when im, when im, because im,
    đang, đang thấy, thấy, cảm thấy, đang rất, tâm trạng, tâm trạng đang, lúc, khi, mình đang, tôi đang, em đang, hôm nay`,
  /** what follows is a movie that it shall be like */
  like: `like, likes of, similar to, similar, in the vein of, in the same vein as, along the lines of, reminiscent of, same vibe as, same vibes as, vibes of,
    the vibe of, something like, anything like, akin to, resembling, resembles, à la, a la, same style as, in the style of, in the spirit of, such as,
    comparable to, close to, as good as, same as, same feel as, feels like, looks like, fans of, fan of, after watching, just watched, just finished, just saw,
    remind me of, reminds me of, inspired by, related to, in line with, equivalent of, equivalent to, kind of like, sort of like, type of, more like, movies like,
    giống, giông, giống như, giống với, giống y, tương tự, tương tự như, kiểu, kiểu như, theo kiểu, cùng kiểu, na ná, na ná như, như, hao hao, y như, y hệt, y chang,
    cỡ, tầm cỡ, cỡ như, đại loại, đại loại như, gần giống, gần giống như, cùng thể loại với, cùng thể loại, cùng gu với, cùng gu, phong cách, theo phong cách,
    mang phong cách, hơi hướng, mang hơi hướng, chất như, vừa xem, mới xem, vừa coi, mới coi, xem xong, coi xong, vừa xem xong, mới xem xong, lấy cảm hứng từ, gợi nhớ, gợi nhớ đến`,
  /** the same, if what follows is the whole name of a movie */
  liking: `i like, i liked, i love, i loved, liked, loved, love, enjoyed, i enjoyed, enjoy, we like, we liked, we loved, you like, you liked, if i like, if i liked, watched, watch,
    adored, obsessed with, favorite is, favourite is, favorite movie is, favourite film is, because of, i saw, seen, ive seen, have seen, my favorites, my favourites, favorites, favourites, favorite, favourite, fan, fan của, fan cứng của, better than, than, hay hơn, a big fan of, after, cross between, cross of, mix of, mixture of, blend of, combination of, mash up of, meets, crossed with, mixed with, between, pha trộn giữa, kết hợp giữa, lai giữa, pha giữa, sau khi xem, id like, would like, id like,
    thích, rất thích, mê, ghiền, khoái, yêu thích, đã xem, xem, coi, thích phim, mê phim, từng xem, thích xem`,
  /** what follows is a person's name, though it be a surname */
  director: `directed by, director, directors, director s, by director, from director, made by, by, helmed by, a film by, films by, movies by, work of, works of, written and directed by,
    đạo diễn, của đạo diễn, do đạo diễn, đạo diễn bởi, đạo diễn là, bởi`,
  actor: `starring, stars, star, featuring, feat, acted by, with actor, with actress, actor, actress, with, cast, played by, by actor, in which,
    diễn viên, của diễn viên, tài tử, nam diễn viên, nữ diễn viên, minh tinh, ngôi sao, có diễn viên, với, có sự tham gia của, thủ vai, vai chính là, có`,
  /** what follows is a person's, or anything else */
  owner: 'of, from, của, do, phim của, phim do, tên, cua, films of, movies of, hợp tác với, cùng với',
  /** says nothing of the movie */
  filler: `of all time, all time, best picture, như thế nào, như vậy, như thế, như này, thế nào, ra sao, make me feel, makes me feel, makes you feel, leaves me feeling, movie, movies, film, films, flick, flicks, picture, pictures, cinema, show, shows, title, titles, watch, watching, see, seeing, recommend, recommends,
    recommendation, recommendations, recommended, suggest, suggestion, suggestions, find, looking, search, good, great, best, better, top, nice, cool, awesome, amazing, excellent,
    must see, must watch, masterpiece, famous, popular, well known, classic, classics, new, newer, recent, old, older, ever, really, very, quite, pretty, super, some, any, something,
    anything, someone, thing, things, stuff, kind, kinds, type, types, sort, sorts, style, vibe, vibes, mood, moods, genre, genres, set, story, stories, plot, ending, happy ending, sad ending, scene, scenes, tonight, today,
    tomorrow, weekend, evening, night, afternoon, time, please, pls, plz, moving to, moving on, moving in, moving out, in light of, thanks, thank, hi, hello, hey, want, wanna, want to, need, give, me, get, let, lets, let s, help, us, one, ones,
    would, could, should, may, might, maybe, perhaps, possibly, preferably, ideally, definitely, real, actual, actually, lot, lots, much, many, full, element, elements, made, released, release, came, come, coming, out,
    year, years, era, period, day, days, age, bit, little, little bit, kinda, sorta, dose, extra, vintage, modern, old school, oldschool, oldies, fairly, slightly, totally, absolutely, genuinely, overly, cheesy, feature,
    long, short, feel like, i feel like, feels, feeling, look, looks, make, makes, sense, know, think, tell, say, said, watchlist, netflix, hbo, disney plus, streaming, girlfriend, boyfriend, wife, husband, friends, date, alone, boring, bored, would like to, id like to,
    d, s, t, re, ve, ll, m, etc, e g, i e, vs, so, too, same, vein, director, directed, actor, actress, starring, fan, fans, happens, whatever, im, ive, id, dont, gonna, gotta, ok, okay, yes, yeah, up, theme, themed, based, vibey,
    fim, phim, phin, phym, bộ, bộ phim, phim bộ, phim lẻ, ảnh, phim truyện, điện ảnh, thể loại, dòng phim, dòng, loại, kiểu, tập, xem, coi, muốn, muốn xem, cần, tìm, kiếm, tìm kiếm, gợi ý, giới thiệu, đề xuất, đề cử, cho,
    vui lòng, hài lòng, hài hòa, buồn ngủ, buồn nôn, buồn tay, nửa, pha, pha lẫn, xen, xen lẫn, chung, đề cử, thắng giải,
    tôi, mình, tui, tớ, em, anh, chị, bạn, mày, ad, admin, shop, mọi người, ai, hay, hay nhất, đỉnh, xịn, ngon, nhất, hot, nổi tiếng, kinh điển, bom tấn, siêu phẩm, đáng xem, cực, cực kỳ, cực kì, rất, khá, hơi, siêu, lắm, quá,
    thật, thật sự, thực sự, nào, gì, gì đó, đó, này, kia, đấy, vậy, thế, nhỉ, nhé, nha, nhá, ạ, à, ơi, đi, với, có, là, và, của, về, theo, thì, được, bị, cũng, đều, luôn, mà, nhưng, nên, hãy, xin, giúp, giùm, dùm, hộ,
    chút, một chút, một, vài, mấy, những, các, cái, con, cuốn, tối nay, hôm nay, ngày mai, cuối tuần, buổi tối, đêm, đêm nay, chiều nay, bây giờ, giờ, lúc, khi, để, từ, đến, tới, trong, ngoài, trên, dưới, vào, ra, lại, nữa, còn, hơn,
    mới, cũ, xưa, cổ, cổ điển, hiện đại, ngày xưa, đời, đời cũ, thời, năm, sản xuất, phát hành, ra mắt, chiếu, công chiếu, nội dung, chủ đề, đề tài, câu chuyện, chuyện, cốt truyện, kết, kết thúc, yếu tố, cảnh, tính, chất, không khí, bối cảnh, phần, mang, màu sắc, đậm chất, đầy, nhiều,
    khiến, có hậu, kết thúc có hậu, kết có hậu, mọi thời đại, mọi, thời đại, dựa trên, dựa theo, dựa vào, dài, ra rạp, rạp, bất ngờ, cuối, cuối phim, sến, sến súa, sến sẩm, ướt át, hết, tuổi, hợp, phù hợp, dành cho, sướt mướt, cái kết,
    ok, ổn, tốt, đẹp, chất lượng, dễ thương, thư, ngồi, chill chill, khoảng, tầm, cỡ, bản, phiên bản, bản gốc, gốc, đạo diễn, diễn viên, đóng, đóng chính, vai chính, chính, thủ vai, diễn xuất, tập hợp, danh sách, list, top, nên xem, đáng, tuyệt vời, tuyệt, thú vị, hấp dẫn, cuốn hút, lôi cuốn, người yêu, gấu, crush, bạn gái, bạn trai, vợ, chồng`,
} as const

export type GrammarRole = keyof typeof GRAMMAR_PHRASES
