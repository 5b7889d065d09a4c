// Saving a file of the team's: handed to the browser's own download once all of it is right.

const LONGEST = 100;

/**
 * @param {Blob} blob
 * @param {string} name the sender's, which is data
 */
export function saveBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = safeName(name);
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * @param {string} name
 * @returns {string} a name that is no path, hides nothing, and is no name that a system keeps for itself
 */
export function safeName(name) {
  const last = name.split(/[\\/]/).pop() ?? "";
  const plain = last
    .normalize("NFC")
    .replace(/[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu, "_")
    .replace(/^[. ]+|[. ]+$/g, "");
  const letters = [...plain].slice(-LONGEST).join("");
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(letters);
  return letters === "" || reserved ? `file-${letters || "unnamed"}` : letters;
}
