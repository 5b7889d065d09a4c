// "Could this point to you?": what often gives people away, looked for on the device alone. It is a
// list of words and forms, in English and in Welsh; it cannot know what only this person would say.

/**
 * @typedef {"role" | "time" | "day" | "speech" | "contact"} PointerKind
 * @typedef {{ kind: PointerKind, quote: string }} Pointer `quote` is a part of the text
 */

const MOST_OF_A_KIND = 5;
const LONGEST_QUOTE = 80;

const RANKS =
  "officer|constable|sergeant|inspector|superintendent|detective|pcso|pc|dc|ds|di|special|trainee|probationer|dispatcher|analyst|clerk|custody|handler|volunteer|supervisor|manager";
const RANKS_CY =
  "swyddog|cwnstabl|gwnstabl|rhingyll|ringyll|arolygydd|uwch-arolygydd|ditectif|dditectif|heddwas|plismon|blismon|plismones|blismones|gwirfoddolwr|goruchwyliwr|rheolwr|reolwr";
const MONTHS =
  "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec";
const MONTHS_CY =
  "ionawr|chwefror|mawrth|fawrth|ebrill|mai|fai|mehefin|fehefin|gorffennaf|orffennaf|awst|medi|fedi|hydref|tachwedd|dachwedd|rhagfyr|ragfyr";
const WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";
const WEEKDAYS_CY = "llun|lun|mawrth|fawrth|mercher|fercher|iau|gwener|wener|sadwrn|sul|sul";
const HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve";
const HOURS_CY = "un|dau|ddau|tri|dri|pedwar|bedwar|pump|bump|chwech|saith|wyth|naw|deg|ddeg|unarddeg|deuddeg";

/** @type {readonly (readonly [PointerKind, RegExp])[]} each takes time in line with the text's length */
const FORMS = [
  // Who the writer is.
  ["role", new RegExp(`\\b(?:I am|I'm|I’m|I was|me,?|as) (?:an? |the )?(?:\\w+ )?(?:${RANKS})\\b`, "giu")],
  ["role", /\bmy (?:own )?(?:rank|role|job|post|shift|rota|team|unit|section|sergeant|inspector|boss|supervisor|line manager|locker|desk|office|collar number|shoulder number|warrant card|pocket book|notebook|training|service|partner on)\b/giu],
  ["role", /\bI (?:work|worked|serve|served|joined|transferred|trained|was posted|was on (?:duty|shift)|am on (?:duty|shift)|sit (?:next|opposite)|share)\b/giu],
  ["role", /\b(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty) years(?:['’])? (?:in|of|with|as) (?:the |my )?(?:force|job|police|service|team|unit)\b/giu],
  ["role", new RegExp(`(?<!\\p{L})(?:rwy['’]n|dw i['’]n|roeddwn i?['’]?n?|fel) (?:\\w+ )?(?:${RANKS_CY})(?!\\p{L})`, "giu")],
  ["role", /(?<!\p{L})(?:fy (?:rheng|rôl|swydd|shifft|sifft|nhîm|uned|rhingyll|arolygydd|mhennaeth|nesg|swyddfa|locer|ngwasanaeth|hyfforddiant)|(?:rwy['’]n|dw i['’]n|roeddwn i?['’]?n) (?:gweithio|gwasanaethu)|ar fy nyletswydd|ymunais)(?!\p{L})/giu],
  // When.
  ["time", /\b(?:[01]?\d|2[0-3])[:.][0-5]\d(?:\s?[ap]\.?m\b\.?)?/giu],
  ["time", /\b(?:1[0-2]|[1-9])\s?(?:[ap]m\b|[ap]\.m\.)/giu],
  ["time", /\b(?:[01]\d|2[0-3])[0-5]\d ?(?:hours|hrs)\b/giu],
  ["time", new RegExp(`\\b(?:(?:half|quarter|ten|five|twenty) (?:past|to) (?:${HOURS})|(?:${HOURS}|\\d{1,2}) o['’]clock)\\b`, "giu")],
  ["time", new RegExp(`(?<!\\p{L})(?:(?:hanner awr|chwarter|deg munud|pum munud) (?:wedi|i) (?:${HOURS_CY})|(?:${HOURS_CY}|\\d{1,2}) o['’]r gloch)(?!\\p{L})`, "giu")],
  ["day", /\b\d{1,2}[./-]\d{1,2}[./-]\d{2}(?:\d{2})?\b|\b20\d\d-\d\d-\d\d\b/gu],
  ["day", new RegExp(`\\b\\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:${MONTHS})\\b|\\b(?:${MONTHS}) \\d{1,2}(?:st|nd|rd|th)?\\b`, "giu")],
  ["day", new RegExp(`\\b(?:last|this|on|next) (?:${WEEKDAYS})\\b(?: (?:morning|afternoon|evening|night))?`, "giu")],
  ["day", new RegExp(`(?<!\\p{L})\\d{1,2}(?:af|ail|ydd|fed|eg|ain)?(?: o)? (?:${MONTHS_CY})(?!\\p{L})|(?<!\\p{L})(?:dydd|ddydd|nos) (?:${WEEKDAYS_CY})(?: diwethaf)?(?!\\p{L})`, "giu")],
  // What somebody said.
  ["speech", /“[^“”\n]{4,400}”|"[^"\n]{4,400}"|«[^«»\n]{4,400}»/gu],
  ["speech", /\b(?:said to me|told me that|asked me whether|whispered to me)\b/giu],
  ["speech", /(?<!\p{L})(?:dywedodd wrth(?:yf|a i)|wedi dweud wrth(?:yf|a i)|gofynnodd i mi)(?!\p{L})/giu],
  // How to reach somebody.
  ["contact", /[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{2,24}){1,4}/gu],
  ["contact", /(?<![\d+])(?:\+44|0)[ \d()-]{8,15}\d/gu],
  ["contact", /\b(?:PC|DC|PS|DS|WPC|PCSO)[ -]?\d{2,6}\b/giu],
];

/**
 * @param {readonly string[]} texts what somebody wrote
 * @returns {Pointer[]} by kind, each form once, at most five of a kind
 */
export function findPointers(texts) {
  /** @type {Map<string, Pointer>} */
  const found = new Map();
  /** @type {Map<PointerKind, number>} */
  const counts = new Map();
  for (const [kind, form] of FORMS) {
    for (const text of texts) {
      for (const [match] of text.matchAll(form)) {
        const key = `${kind} ${match.toLowerCase()}`;
        const count = counts.get(kind) ?? 0;
        if (found.has(key) || count >= MOST_OF_A_KIND) continue;
        counts.set(kind, count + 1);
        found.set(key, { kind, quote: shorten(match) });
      }
    }
  }
  return [...found.values()];
}

/**
 * @param {string} quote
 * @returns {string} it without its own quotation marks, as the page puts some round it, and not too long
 */
function shorten(quote) {
  const letters = [...quote.trim().replace(/^["“«]|["”»]$/gu, "")];
  if (letters.length <= LONGEST_QUOTE) return letters.join("");
  return `${letters.slice(0, LONGEST_QUOTE - 1).join("")}…`;
}
