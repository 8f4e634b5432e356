/**
 * What people call a genre, in English and Vietnamese, by its MovieLens name or, where MovieLens has none, by its usual one.
 * Commas part the phrases; one with a tone or a Vietnamese word in it may be typed without its marks (phrase-table.ts).
 */
export const GENRE_PHRASES = {
  Action: `action, actioner, action packed, shoot em up, martial arts, kung fu, kungfu, karate, wuxia, swordplay, hành động,
    võ thuật, phim võ thuật, phim võ, phim chưởng, kiếm hiệp, đánh đấm, đánh nhau, bắn súng, bắn nhau, đánh võ, đấu súng, cháy nổ, rượt đuổi`,
  Adventure: `adventure, adventurous, swashbuckler, swashbuckling, quest, treasure hunt, phiêu lưu, mạo hiểm, thám hiểm,
    truy tìm kho báu, săn kho báu`,
  Animation: `animation, animated, anime, cartoon, toon, claymation, stop motion, hoạt hình, hoạt họa, 3d animation`,
  Children: `children, children s, childrens, child friendly, kid, kids, kid friendly, family, family friendly, my daughter,
    my son, toddler, whole family, all ages, gia đình, cả nhà, thiếu nhi, trẻ em, trẻ con, con nít, cho bé, cho con, các bé,
    nhi đồng, em bé xem`,
  Comedy: `tragicomedy, comedy, romantic comedy, hài lãng mạn, hài hước lãng mạn, hài tình cảm, lãng mạn hài hước, tình cảm hài hước,
    comedic, comic relief, slapstick, farce, spoof, parody, rom com, romcom, dramedy, mockumentary, sitcom, hài,
    hài hước, hài kịch, vừa hài, có phim hài nào, tấu hài, hài nhảm, hài đen, buddy comedy, dark comedy, black comedy, black humor`,
  Crime: `police procedural, cop movie, cop film, crime, criminal, gangster, mafia, mob, mobster, cartel, underworld, organized crime, organised crime, true crime,
    cop thriller, tội phạm, hình sự, xã hội đen, băng đảng, giang hồ, thế giới ngầm`,
  Documentary: `documentary, docu, doc, docs, docuseries, docudrama, non fiction, nonfiction, tài liệu, phóng sự`,
  Drama: `tragicomedy, drama, dramatic, melodrama, dramedy, kitchen sink, chính kịch, tâm lý, tâm lí, bi kịch, tâm lý xã hội,
    kịch tình cảm, bi hài`,
  Fantasy: `fantasy, fantastical, fairy tale, fairytale, sword and sorcery, kỳ ảo, kì ảo, giả tưởng, tiên hiệp, thần thoại, cổ tích,
    huyền huyễn, thần tiên, phép thuật, phép màu`,
  'Film-Noir': `noirish, film noir, noir, neo noir, hard boiled, phim đen cổ điển`,
  Horror: `horror, slasher, haunted house, ghost movie, ghost film, ghost story, ghost stories, creature feature, spookfest, body horror,
    splatter, gorefest, possession movie, exorcism, kinh dị, kinh dị tâm lý, ma quái, ma quỷ, ma ám, quỷ ám, trừ tà, ma, có ma, có ma quỷ,
    con ma, ma cỏ, rùng rợn kinh dị, hù ma, kdị`,
  IMAX: `imax`,
  Musical: `musical, sing along, song and dance, nhạc kịch, ca nhạc, âm nhạc, ca vũ nhạc`,
  Mystery: `mystery, mysterious, whodunit, whodunnit, who dunnit, who dunit, detective, sleuth, murder mystery, trinh thám, bí ẩn,
    phá án, thám tử, điều tra, suy luận, huyền bí, truy tìm hung thủ`,
  Romance: `romance, romantic comedy, hài lãng mạn, hài hước lãng mạn, hài tình cảm, lãng mạn hài hước, tình cảm hài hước,
    romantic, romantically, romcom, rom com, love story, love stories, chick flick, date night, date movie, lovey dovey,
    tình cảm, lãng mạn, ngôn tình, tình yêu, yêu đương, chuyện tình, tình ái, tình củm`,
  'Sci-Fi': `sci fi, scifi, science fiction, sf, syfy, space, space opera, outer space, cyberpunk, futuristic, dystopian, dystopia,
    steampunk, khoa học viễn tưởng, viễn tưởng, vũ trụ, không gian, ngoài không gian, khoa học giả tưởng, khvt`,
  Thriller: `thriller, giật gân, ly kỳ, li kỳ, ly kì, li kì, rượt đuổi tâm lý`,
  War: `war, wartime, world war, world war 2, world war ii, world war two, world war 1, world war i, ww2, wwii, ww1, wwi,
    battlefield, chiến tranh, thế chiến, thế chiến thứ hai, chiến trường, vietnam war, chiến tranh việt nam, civil war,
    korean war, kháng chiến, quân sự, chiến tranh thế giới, chiến tranh thế giới thứ hai, chiến tranh thế giới thứ 2, thế chiến thứ 2, thế chiến 2`,
  Western: `western, spaghetti western, cowboy, wild west, gunslinger, cao bồi, viễn tây, miền viễn tây, miền tây hoang dã,
    tây hoang dã`,
  Superhero: `superhero, super hero, superheroes, comic book, siêu anh hùng, siêu nhân, dị nhân`,
  Sport: `sport, sports, sporty, thể thao`,
  Biography: `biography, biographical, biopic, true story, true stories, real story, real events, true events, based on a true story,
    tiểu sử, chuyện có thật, chuyện thật, câu chuyện có thật, người thật việc thật, có thật`,
  History: `history, historical, historic, period piece, costume drama, period drama, lịch sử, cổ trang, dã sử, cung đấu`,
  'Martial Arts': `martial arts, kung fu, kungfu, karate, wuxia, võ thuật, phim võ thuật, phim võ, phim chưởng, kiếm hiệp`,
} as const

export type GenreConcept = keyof typeof GENRE_PHRASES

/**
 * What a genre itself is called; its other phrases are of a kind of it, so that “horror without slashers” is horror. Written
 * as GENRE_PHRASES are.
 */
export const GENRES_THEMSELVES = `action, hành động, adventure, phiêu lưu, animation, animated, hoạt hình, children, kids, family, gia đình,
  thiếu nhi, comedy, hài, hài hước, crime, tội phạm, hình sự, documentary, tài liệu, drama, chính kịch, tâm lý, fantasy, kỳ ảo,
  giả tưởng, film noir, noir, horror, kinh dị, musical, nhạc kịch, mystery, trinh thám, bí ẩn, romance, romantic, lãng mạn, tình cảm,
  sci fi, scifi, science fiction, khoa học viễn tưởng, viễn tưởng, thriller, giật gân, ly kỳ, war, chiến tranh, western, cao bồi, viễn tây`

/** Names that catalogues give a genre besides its own: TMDB's, IMDb's. The first that a catalogue has is its name there. */
export const GENRE_ALIASES: Partial<Record<GenreConcept, string>> = {
  Action: 'action and adventure, action adventure',
  Adventure: 'action and adventure, action adventure',
  Animation: 'animated, anime',
  Children: "family, kids, children's",
  Documentary: 'documentaries',
  'Film-Noir': 'noir',
  Musical: 'music, musicals',
  'Sci-Fi': 'science fiction, sci-fi & fantasy',
  Fantasy: 'sci-fi & fantasy',
  War: 'war and politics',
  Sport: 'sports',
  Biography: 'biopic',
  History: 'historical',
  Superhero: 'superheroes',
}
