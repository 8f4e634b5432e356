import { words } from '../../text/analyse.ts'

/**
 * People whom everybody calls by the surname, which hardly stands for anything else: `nolan` needs neither a capital nor a
 * word such as “by”. A catalogue may lack them.
 */
const FAMOUS = `
  Christopher Nolan, Quentin Tarantino, Steven Spielberg, Stanley Kubrick, Alfred Hitchcock, Martin Scorsese,
  David Fincher, Denis Villeneuve, Hayao Miyazaki, Akira Kurosawa, Pedro Almodóvar, Roman Polanski, Clint Eastwood,
  Leonardo DiCaprio, Arnold Schwarzenegger, Sylvester Stallone, Tom Hanks, Al Pacino, Robert De Niro,
  Charlie Kaufman, Darren Aronofsky, Alejandro González Iñárritu, Alfonso Cuarón, Ingmar Bergman, Federico Fellini,
  Andrei Tarkovsky, Jean-Luc Godard, François Truffaut, Michelangelo Antonioni, Luis Buñuel, Werner Herzog,
  Wim Wenders, Michael Haneke, Richard Linklater, Steven Soderbergh, Tim Burton, Robert Zemeckis, James Cameron,
  M. Night Shyamalan, Sam Peckinpah, Francis Ford Coppola, Sidney Lumet, Billy Wilder, Humphrey Bogart,
  Marlon Brando, Charlie Chaplin, Buster Keaton, Matthew McConaughey, Meryl Streep, Brad Pitt, George Clooney,
  Angelina Jolie, Scarlett Johansson, Nicole Kidman, Kate Winslet, Cate Blanchett, Ben Affleck, Johnny Depp,
  John Travolta, Kevin Costner, Steven Seagal, Chuck Norris, Jim Jarmusch, David Lynch, David Cronenberg,
  John Carpenter, George Romero, Luc Besson, Alejandro Jodorowsky, Yasujiro Ozu, Abbas Kiarostami, Zhang Yimou,
  Bong Joon-ho, Park Chan-wook, Wong Kar-wai, Yorgos Lanthimos, Greta Gerwig, Jordan Peele, Ari Aster,
  Robert Eggers, Damien Chazelle, Paul Verhoeven, Sergio Leone, Frank Capra, Keanu Reeves, Jackie Chan, Jet Li,
  Bruce Lee, Nicolas Cage, Tom Cruise, Morgan Freeman, Denzel Washington, Harrison Ford, Bruce Willis, Jim Carrey,
  Adam Sandler, Julia Roberts, Natalie Portman, Emma Stone, Ryan Gosling, Robert Downey Jr., Samuel L. Jackson,
  Wes Anderson, Paul Thomas Anderson, Ridley Scott, Michael Bay, Guy Ritchie, Mel Gibson, Spike Lee, Ang Lee,
  Woody Allen, Peter Jackson, George Lucas, Terrence Malick, Danny Boyle, Sofia Coppola, Guillermo del Toro,
  Christian Bale, Will Smith, Robert Altman, Terry Gilliam, John Cassavetes, Miloš Forman, Kenji Mizoguchi, Luchino Visconti,
  Zendaya, Beyoncé, Rihanna, Madonna, Krzysztof Kieślowski, Pier Paolo Pasolini, Bernardo Bertolucci, Éric Rohmer, Robert Bresson, Sergei Eisenstein, Carl Theodor Dreyer`
/** Others whom people ask for, by their whole name: so it is found though mistyped, or missing in the catalogue. */
const KNOWN_BY_WHOLE_NAME = `
  Alain Delon, Audrey Hepburn, Katharine Hepburn, Gregory Peck, David Lean, Cary Grant, James Stewart, James Dean, Ingrid Bergman,
  Marilyn Monroe, Elizabeth Taylor, Grace Kelly, Sophia Loren, Marcello Mastroianni, Brigitte Bardot, Catherine Deneuve, Jean Reno,
  Jean-Paul Belmondo, Louis de Funès, Gérard Depardieu, Audrey Tautou, Marion Cotillard, Juliette Binoche, Penélope Cruz, Javier Bardem,
  Antonio Banderas, Salma Hayek, Sean Connery, Roger Moore, Pierce Brosnan, Daniel Craig, Anthony Hopkins, Michael Caine, Jude Law,
  Hugh Grant, Colin Firth, Hugh Jackman, Russell Crowe, Heath Ledger, Joaquin Phoenix, Jack Nicholson, Dustin Hoffman, Robert Redford,
  Paul Newman, Steve McQueen, John Wayne, Gene Hackman, Kirk Douglas, Michael Douglas, Jeff Bridges, Tommy Lee Jones, Kevin Spacey,
  Edward Norton, Matt Damon, Mark Wahlberg, Jake Gyllenhaal, Ethan Hawke, Jason Statham, Dwayne Johnson, Vin Diesel, Jean-Claude Van Damme,
  Liam Neeson, Ewan McGregor, Ryan Reynolds, Chris Evans, Chris Hemsworth, Robert Pattinson, Timothée Chalamet,
  Ben Stiller, Owen Wilson, Steve Carell, Will Ferrell, Eddie Murphy, Robin Williams, Bill Murray, Jack Black, Rowan Atkinson,
  Sandra Bullock, Meg Ryan, Jennifer Aniston, Jennifer Lawrence, Anne Hathaway, Amy Adams, Emma Watson, Emma Thompson, Keira Knightley,
  Charlize Theron, Halle Berry, Demi Moore, Sharon Stone, Michelle Pfeiffer, Jodie Foster, Sigourney Weaver, Susan Sarandon, Uma Thurman,
  Drew Barrymore, Reese Witherspoon, Cameron Diaz, Rachel McAdams, Margot Robbie, Gal Gadot, Helen Mirren, Judi Dench, Viola Davis,
  Lars von Trier, Satyajit Ray, Hirokazu Kore-eda, Makoto Shinkai, Satoshi Kon, Takeshi Kitano,
  Isao Takahata, Toshiro Mifune, Kim Ki-duk, Lee Chang-dong, Song Kang-ho, Tony Leung, Andy Lau, Stephen Chow, Chow Yun-fat, Donnie Yen,
  Michelle Yeoh, Maggie Cheung, Gong Li, Zhang Ziyi, John Woo, Chen Kaige, Hou Hsiao-hsien, Edward Yang, Tsai Ming-liang, Tran Anh Hung,
  Elia Kazan, John Ford, Howard Hawks, Orson Welles, Fritz Lang, Ernst Lubitsch, Jean Renoir, Jean-Pierre Melville,
  Louis Malle, Agnès Varda, Vittorio De Sica, Roberto Rossellini, Dario Argento,
  Sam Raimi, Wes Craven, Tobe Hooper, Sam Mendes, Ron Howard, Oliver Stone, Michael Mann, Brian De Palma, Sydney Pollack, Rob Reiner,
  Chris Columbus, John Hughes, Nora Ephron, Kathryn Bigelow, Jane Campion, Paolo Sorrentino, Edgar Wright, Taika Waititi, Zack Snyder,
  J. J. Abrams, Mamoru Hosoda, Tom Holland, Florence Pugh, Saoirse Ronan, Adam Driver, Cillian Murphy, Ana de Armas, Anya Taylor-Joy,
  Benedict Cumberbatch, Eddie Redmayne, Jessica Chastain, Michael Fassbender, Tilda Swinton, Frances McDormand, Glenn Close, Sally Field,
  Diane Keaton, Faye Dunaway, Jack Lemmon, Walter Matthau, Peter Sellers, Henry Fonda, Jane Fonda, Gene Kelly, Fred Astaire, Judy Garland,
  Vivien Leigh, Clark Gable, Bette Davis, Joan Crawford, Lauren Bacall, Rita Hayworth, Max von Sydow, Liv Ullmann, Hong Sang-soo,
  Lee Byung-hun, Gong Yoo, Ken Watanabe, Shah Rukh Khan, Aamir Khan, Mila Kunis, Emily Blunt, Idris Elba, Oscar Isaac`

/** Of them, those whose surname alone is another word or another person as often. */
const BY_WHOLE_NAME = new Set(
  `carpenter lee chan li cage cruise freeman washington ford willis carrey roberts stone jr jackson anderson scott bay ritchie
  gibson allen lucas boyle smith wook wai ho yimou norris wilder leone aster reeves portman gosling bale toro`.split(
    /\s+/,
  ),
)

/** By the folded name, as it is written. */
export const FAMOUS_NAMES: ReadonlyMap<string, string> = new Map(
  `${FAMOUS}, ${KNOWN_BY_WHOLE_NAME}`.split(',').map((name) => [words(name).join(' '), name.trim()]),
)

/** `nolan` → `christopher nolan`; of two with one surname the first */
export const CERTAIN_SURNAMES: ReadonlyMap<string, string> = new Map(
  FAMOUS.split(',')
    .map((name) => words(name).join(' '))
    .reverse()
    .flatMap((name) => {
      const surname = name.slice(name.lastIndexOf(' ') + 1)
      return BY_WHOLE_NAME.has(surname) ? [] : ([[surname, name]] as const)
    }),
)

/** What else people are called, folded: several directors, and stars by their Vietnamese name. */
export const NAME_ALIASES: ReadonlyMap<string, readonly string[]> = new Map([
  ['coen brothers', ['joel coen', 'ethan coen']],
  ['coens', ['joel coen', 'ethan coen']],
  ['anh em coen', ['joel coen', 'ethan coen']],
  ['anh em nha coen', ['joel coen', 'ethan coen']],
  ['wachowskis', ['lana wachowski', 'lilly wachowski']],
  ['thanh long', ['jackie chan']],
  ['ly tieu long', ['bruce lee']],
  ['ly lien kiet', ['jet li']],
  ['chau tinh tri', ['stephen chow']],
  ['chau nhuan phat', ['chow yun fat']],
  ['chan tu dan', ['donnie yen']],
  ['hong kim bao', ['sammo hung']],
  ['luu duc hoa', ['andy lau']],
  ['luong trieu vy', ['tony leung']],
  ['cung loi', ['gong li']],
  ['chuong tu di', ['zhang ziyi']],
  ['truong man ngoc', ['maggie cheung']],
  ['vuong gia ve', ['wong kar wai']],
  ['truong nghe muu', ['zhang yimou']],
  ['ngo vu sam', ['john woo']],
  ['tran anh hung', ['tran anh hung']],
  ['ly an', ['ang lee']],
  ['luong trieu vi', ['tony leung']],
  ['lam thanh ha', ['brigitte lin']],
  ['truong quoc vinh', ['leslie cheung']],
  ['truong hoc huu', ['jacky cheung']],
  ['duong tu quynh', ['michelle yeoh']],
  ['quach phu thanh', ['aaron kwok']],
  ['co thien lac', ['louis koo']],
  ['ngo kinh', ['wu jing']],
  ['ngo ngan to', ['daniel wu']],
  ['pham bang bang', ['fan bingbing']],
  ['luu diep phi', ['liu yifei']],
  ['trieu vy', ['zhao wei']],
  ['tran khai ca', ['chen kaige']],
  ['tu khac', ['tsui hark']],
  ['do ky phong', ['johnnie to']],
  ['kim thanh vu', ['takeshi kaneshiro']],
  ['sac lo', ['charlie chaplin']],
  ['vua he sac lo', ['charlie chaplin']],
  ['arnie', ['arnold schwarzenegger']],
  ['arnold', ['arnold schwarzenegger']],
])
