// Forms of common English words that no rule of endings leads back to their base.

/** `base form form`; words whose forms follow the rules are not here. */
const forms = `
be am is are was were been|have has had|do does did done|go went gone goes|say said|make made|get got gotten|know knew known
think thought|take took taken|see saw seen|come came|give gave given|find found|tell told|feel felt|leave left|mean meant
keep kept|begin began begun|show shown|hear heard|run ran|bring brought|write wrote written|sit sat|stand stood|lose lost
pay paid|meet met|lead led|understand understood|speak spoke spoken|spend spent|grow grew grown|win won|teach taught
buy bought|send sent|build built|fall fell fallen|cut cutting|sell sold|draw drew drawn|break broke broken|hold held
drive drove driven|choose chose chosen|eat ate eaten|catch caught|wear wore worn|sing sang sung|swim swam swum|fly flew flown
ride rode ridden|rise rose risen|throw threw thrown|forget forgot forgotten|fight fought|sleep slept|hide hid hidden
steal stole stolen|drink drank drunk|bite bit bitten|ring rang rung|wake woke woken|freeze froze frozen|shoot shot
stick stuck|strike struck|tear tore torn|dig dug|swear swore sworn|hang hung|shake shook shaken|light lit|deal dealt
dream dreamt|learn learnt|burn burnt|bend bent|lend lent|feed fed|bleed bled|breed bred|blow blew blown|become became
seek sought|sweep swept|weep wept|bind bound|wind wound|grind ground|spin spun|creep crept|shrink shrank shrunk
child children|person people|man men|woman women|foot feet|tooth teeth|mouse mice|life lives|wife wives|knife knives
leaf leaves|shelf shelves|half halves|wolf wolves|self selves|good better best|bad worse worst
die dying died|lie lying lied|tie tying tied|photo photos|hobby hobbies|movie movies|cookie cookies|kid kids`;

export const baseForms: ReadonlyMap<string, string> = new Map(
  forms
    .trim()
    .split(/[|\n]/)
    .flatMap((line) => {
      const [base, ...others] = line.trim().split(' ');
      return others.map((form) => [form, base!] as const);
    }),
);
