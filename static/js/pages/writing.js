// Days, numbers and sizes as people write them in the language of the page.

const STEPS = /** @type {const} */ ([
  [1024 ** 3, "gigabyte"],
  [1024 ** 2, "megabyte"],
  [1024, "kilobyte"],
]);
const MINUTE = 60;

/** English without a country would be written as in America. */
function language() {
  return document.documentElement.lang.replace(/^en$/, "en-GB");
}

/**
 * @param {string} day `YYYY-MM-DD`
 * @returns {string} such as 25 November 2026
 */
export function writeDay(day) {
  const date = new Date(`${day}T00:00:00Z`);
  return date.toLocaleDateString(language(), {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}

/**
 * @param {number} number
 * @returns {string} such as 40,000
 */
export function writeNumber(number) {
  return number.toLocaleString(language());
}

/**
 * @param {number} bytes
 * @returns {string} such as 3.2 MB
 */
export function writeSize(bytes) {
  const [size, unit] = STEPS.find(([least]) => bytes >= least) ?? /** @type {const} */ ([1, "byte"]);
  return writeUnit(bytes / size, unit, bytes / size < 10 ? 1 : 0);
}

/**
 * @param {number} seconds
 * @returns {string} such as 30 sec or 4 min
 */
export function writeTime(seconds) {
  if (seconds <= 2 * MINUTE) return writeUnit(Math.max(1, Math.round(seconds)), "second", 0);
  return writeUnit(Math.round(seconds / MINUTE), "minute", 0);
}

/**
 * @param {number} value
 * @param {string} unit
 * @param {number} digits
 */
function writeUnit(value, unit, digits) {
  return value.toLocaleString(language(), {
    style: "unit",
    unit,
    maximumFractionDigits: unit === "byte" ? 0 : digits,
  });
}
