import { fold } from '../text/analyse.ts'
import { TOPIC_PHRASES } from './phrases/topics.ts'

/** What words of texts are called in Vietnamese, the signs of moods among them: commas part the pairs. */
const TERMS = `
  tragic: bi kịch, tragedy: bi kịch, grief: đau buồn, grieving: đau buồn, mourn: thương tiếc, loss: mất mát, death: cái chết,
  dying: hấp hối, cancer: ung thư, heartbreak: tan vỡ, heartbroken: tan vỡ, melancholy: u sầu, sorrow: nỗi buồn,
  suicide: tự sát, widow: góa phụ, orphan: trẻ mồ côi, farewell: chia ly, lonely: cô đơn, joy: niềm vui,
  joyful: vui tươi, cheerful: vui tươi, happiness: hạnh phúc, celebration: tiệc tùng, celebrate: ăn mừng,
  friendship: tình bạn, wedding: đám cưới, uplifting: nâng tinh thần, fun: vui nhộn, hilarious: cười nghiêng ngả,
  comedy: chuyện hài, comic: hài hước, comedic: hài hước, parody: nhại lại, spoof: nhại lại, satire: châm biếm,
  prank: trò đùa, absurd: phi lý, buddy: đôi bạn, wacky: ngớ ngẩn, dark: đen tối, bleak: ảm đạm, grim: nghiệt ngã,
  murder: án mạng, corruption: tham nhũng, crime: tội ác, evil: cái ác, sinister: nham hiểm, disturbing: ám ảnh,
  dystopian: phản địa đàng, dystopia: phản địa đàng, gritty: gai góc, serial: hàng loạt, killer: kẻ giết người,
  suspense: hồi hộp, tense: căng thẳng, hostage: con tin, chase: rượt đuổi, kidnapping: bắt cóc, kidnapped: bắt cóc,
  countdown: đếm ngược, bomb: bom, trapped: mắc kẹt, pursuit: truy đuổi, conspiracy: âm mưu, stalker: kẻ bám đuôi,
  siege: vây hãm, horror: kinh dị, terror: kinh hoàng, terrifying: kinh hoàng, haunted: ma ám, ghost: hồn ma,
  demon: ác quỷ, possessed: quỷ ám, nightmare: ác mộng, monster: quái vật, supernatural: siêu nhiên,
  exorcism: trừ tà, zombie: thây ma, vampire: ma cà rồng, scary: đáng sợ, love: tình yêu, romance: chuyện tình,
  romantic: lãng mạn, lover: đôi tình nhân, fall: phải lòng, affair: ngoại tình, kiss: nụ hôn, marriage: hôn nhân,
  passion: đam mê, courtship: tán tỉnh, sweetheart: người thương, relationship: tình cảm, heartwarming: ấm lòng,
  family: gia đình, kindness: lòng tốt, bond: gắn bó, grandfather: ông cháu, dog: chú chó, reunion: đoàn tụ,
  adoption: nhận nuôi, christmas: giáng sinh, warm: ấm áp, touching: cảm động, inspiring: truyền cảm hứng,
  inspirational: truyền cảm hứng, triumph: chiến thắng, overcome: vượt khó, perseverance: kiên trì,
  underdog: kẻ yếu thế, dream: giấc mơ, true: chuyện thật, coach: huấn luyện viên, teacher: thầy cô,
  courage: lòng dũng cảm, determined: quyết tâm, champion: nhà vô địch, biographical: tiểu sử,
  philosophical: triết lý, existential: hiện sinh, meaning: ý nghĩa, humanity: tình người, moral: đạo đức,
  morality: đạo đức, reflection: suy ngẫm, society: xã hội, faith: đức tin, identity: danh tính, ethic: đạo đức,
  conscience: lương tâm, memory: ký ức, mortality: sinh tử, reality: thực tại, time: thời gian, travel: du hành,
  loop: vòng lặp, parallel: song song, surreal: siêu thực, twist: cú lật, paradox: nghịch lý, simulation: giả lập,
  subconscious: tiềm thức, nonlinear: kể phi tuyến tính, hallucination: ảo giác, puzzle: câu đố, epic: sử thi,
  empire: đế chế, battle: trận chiến, kingdom: vương quốc, legend: huyền thoại, army: quân đội, conquest: chinh phục,
  historical: lịch sử, quest: hành trình, ancient: cổ đại, war: chiến tranh, hero: người hùng, king: nhà vua,
  warrior: chiến binh, gentle: dịu dàng, lighthearted: nhẹ nhõm, vacation: kỳ nghỉ, summer: mùa hè,
  countryside: miền quê, cooking: nấu ăn, food: ẩm thực, nature: thiên nhiên, simple: giản dị, quiet: yên tĩnh,
  charming: duyên dáng, holiday: kỳ nghỉ, village: làng quê, childhood: tuổi thơ, nostalgia: hoài niệm,
  nostalgic: hoài niệm, youth: tuổi trẻ, teenage: tuổi mới lớn, school: trường học, hometown: quê nhà,
  growing: lớn lên, violent: bạo lực, violence: bạo lực, brutal: tàn bạo, gore: máu me, gory: máu me, blood: máu,
  bloody: đẫm máu, massacre: thảm sát, assassin: sát thủ, gang: băng đảng, revenge: trả thù, slaughter: tàn sát,
  torture: tra tấn, mafia: mafia, gangster: xã hội đen, eccentric: lập dị, bizarre: kỳ quặc, strange: kỳ lạ,
  misfit: kẻ lạc loài, dysfunctional: bất ổn, unusual: khác thường, weird: kỳ quặc, loneliness: cô đơn,
  isolated: biệt lập, isolation: biệt lập, alone: một mình, solitude: cô độc, alienated: lạc lõng,
  alienation: lạc lõng, recluse: ẩn dật, outsider: người ngoài cuộc, stranded: mắc kẹt, estranged: xa cách,
  drifter: kẻ phiêu bạt, hope: hy vọng, hopeful: hy vọng, redemption: chuộc lỗi, second: làm lại, chance: cơ hội,
  survive: sống sót, survivor: người sống sót, tearjerker: lấy nước mắt, delightful: thú vị, slapstick: hài hình thể, mishap: rủi ro,
  screwball: tréo ngoe, noir: phim đen, nihilistic: hư vô, thriller: giật gân, slasher: sát nhân, saga: thiên sử,
  1950: thập niên 1950, 1960: thập niên 1960, 1970: thập niên 1970, 1980: thập niên 1980, quirky: kỳ quặc,
  offbeat: khác lạ, oddball: người kỳ quặc, whimsical: ngộ nghĩnh, deadpan: tỉnh bơ, vigilante: tự xử,
  contemplative: chiêm nghiệm, minimalist: tối giản, observational: quan sát, action: hành động,
  dreamlike: như mơ, ethereal: hư ảo, freedom: tự do, rebuild: gây dựng lại, recovery: hồi phục,
  optimism: lạc quan, vengeance: báo thù, avenge: báo thù, rage: thịnh nộ, betrayed: bị phản bội, betrayal: phản bội,
  retribution: trả giá, justice: công lý, vendetta: mối thù, fury: cuồng nộ, wronged: hàm oan, meditative: trầm tư,
  everyday: đời thường, landscape: phong cảnh, silence: im lặng, race: cuộc đua, racing: đua xe, heist: vụ cướp,
  escape: trốn thoát, explosion: cháy nổ, explosive: cháy nổ, adrenaline: nghẹt thở, car: xe hơi,
  stunt: pha mạo hiểm, shootout: đấu súng, mission: nhiệm vụ, magical: phép màu, fairy: tiên, tale: cổ tích,
  enchanted: phép thuật, poetic: chất thơ, fantasy: kỳ ảo, imagination: trí tưởng tượng, magic: phép thuật,
  world war ii: thế chiến thứ hai, martial arts: võ thuật, superhero: siêu anh hùng, sport: thể thao,
  biography: tiểu sử, history: lịch sử, korean: Hàn Quốc, japanese: Nhật Bản, chinese: Trung Quốc, french: Pháp,
  italian: Ý, american: Mỹ, vietnamese: Việt Nam, indian: Ấn Độ, russian: Nga, german: Đức, spanish: Tây Ban Nha,
  vietnam: Việt Nam, hong kong: Hồng Kông, thai: Thái Lan`

/** Terms of the content index, which are English, as Vietnamese sentences say them; topics by their first Vietnamese phrase. */
export const TERMS_IN_VIETNAMESE: ReadonlyMap<string, string> = new Map([
  ...Object.entries(TOPIC_PHRASES).flatMap(([topic, list]) => {
    const phrase = list.split(',').find((phrase) => fold(phrase) !== phrase)
    return phrase === undefined ? [] : [[topic, phrase.trim()] as const]
  }),
  ...TERMS.split(',').map((pair) => {
    const [term = '', vietnamese = ''] = pair.split(':')
    return [term.trim(), vietnamese.trim()] as const
  }),
])
