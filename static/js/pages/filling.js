// Words stand in the page. This finds them, copies them, and puts values into them as text.

/** @typedef {Readonly<Record<string, string | number>>} Values by the names in `data-fill` */

/**
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement} the first such element
 * @throws {Error} where the page has none: then page and script are of two versions
 */
export function find(selector, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`no ${selector}`);
  return found;
}

/**
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement[]} all such elements
 */
export function findAll(selector, within = document) {
  return [...within.querySelectorAll(selector)].filter((each) => each instanceof HTMLElement);
}

/**
 * @param {ParentNode} part
 * @param {Values} values put into the elements that ask for them by `data-fill`
 */
export function fill(part, values) {
  for (const each of findAll("[data-fill]", part)) {
    const value = values[each.dataset["fill"] ?? ""];
    if (value !== undefined) each.textContent = String(value);
  }
}

/**
 * @param {string} selector of a template
 * @param {Values} [values]
 * @returns {DocumentFragment | null} a copy of what is in it, filled; null where there is none
 */
export function copyIfAny(selector, values = {}) {
  const template = document.querySelector(selector);
  if (!(template instanceof HTMLTemplateElement)) return null;
  const copy = document.importNode(template.content, true);
  fill(copy, values);
  return copy;
}

/**
 * @param {string} selector of a template that the page has
 * @param {Values} [values]
 * @returns {DocumentFragment}
 */
export function copy(selector, values = {}) {
  const made = copyIfAny(selector, values);
  if (made === null) throw new Error(`no ${selector}`);
  return made;
}

/**
 * @param {string} name of a field
 * @param {ParentNode} [within]
 * @returns {string} what stands in it; of radios and checkboxes, the first that is chosen
 */
export function valueOf(name, within = document) {
  return valuesOf(name, within)[0] ?? "";
}

/**
 * @param {string} name of a field
 * @param {ParentNode} [within]
 * @returns {string[]} what stands in it, or each that is chosen
 */
export function valuesOf(name, within = document) {
  const values = [];
  for (const each of within.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (each instanceof HTMLInputElement && ["radio", "checkbox"].includes(each.type)) {
      if (each.checked) values.push(each.value);
    } else if (each instanceof HTMLInputElement || each instanceof HTMLTextAreaElement) {
      values.push(each.value);
    }
  }
  return values;
}
