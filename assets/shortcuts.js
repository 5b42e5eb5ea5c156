/* Keys that work everywhere on the page, except where text is typed. */

const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable], [role=slider], [role=listbox]";
const PRESSING = "button, a, summary, [role=button], [role=tab], [role=checkbox], input[type=checkbox]";

/* `actions` by key, in lower case; they come before the framework's own shortcuts. Returns how to stop. */
export function listenShortcuts(actions) {
  const listen = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    if (target.matches?.(TYPING) || (event.key === " " && target.matches?.(PRESSING))) return;
    if (event.key.startsWith("Arrow") && target.matches?.("canvas")) return; // the stage moves its selection by arrows
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    action();
  };
  addEventListener("keydown", listen, true);
  return () => removeEventListener("keydown", listen, true);
}
