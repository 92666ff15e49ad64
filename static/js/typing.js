// Answers one question for all keyboard code: is the person writing, or speaking to the page?

const WITHOUT_TEXT = new Set(["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"]);

/** True while an input method composes, e.g. a Japanese conversion; 229 is what older engines report. */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** True when letters belong to the focused control. */
export function isTextField(element) {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input") && !WITHOUT_TEXT.has(element.type);
}

export function hasModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}
