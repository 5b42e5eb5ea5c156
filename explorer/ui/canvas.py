"""The live pictures: canvas components that draw frames which no rerun has to send.

The code itself is served beside the pages and loaded once; a component carries only the line that asks for it.
"""

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from explorer.ui.guard import noted

LOADER = """
const address = new URL("assets/NAME.js", document.baseURI).href;
const newest = new WeakMap(); // by element: two calls that wait for one module may go on in any order
let view = null;
export default function (component) {
  let leave = () => {}, isGone = false;
  newest.set(component.parentElement, component);
  const show = () => { if (!isGone && newest.get(component.parentElement) === component) leave = view(component); };
  if (view) show();
  else import(address).then((module) => { view = module.default; show(); });
  return () => { isGone = true; leave(); };
}
"""
NAMES = (
    "transport", "stage", "result", "curves", "timeline", "draw", "tiles", "lens", "prompt", "course", "typing", "pad",
)  # fmt: skip
AS_TALL_AS_NEEDED = ("draw", "tiles", "lens", "prompt", "course", "typing", "pad")  # the others fill their place

_mounts = {name: st.components.v2.component(f"explorer_{name}", js=LOADER.replace("NAME", name)) for name in NAMES}


def draw(name: str, data: dict[str, Any], key: str | None = None, **triggers: Callable[[Any], None]) -> None:
    """Mount a picture, under a key where a page has several of its name.

    Each trigger is called with what the browser sent, before the page is drawn again.
    """

    def pulled(trigger: str, react: Callable[[Any], None]) -> Callable[[], None]:
        def react_once() -> None:
            if (sent := st.session_state.get(place, {}).get(trigger)) is not None:  # it may be gone with its page
                with noted():
                    react(sent)

        return react_once

    place = f"canvas_{name}" if key is None else f"canvas_{name}_{key}"
    callbacks: dict[str, Any] = {f"on_{trigger}_change": pulled(trigger, react) for trigger, react in triggers.items()}
    height: Literal["content", "stretch"] = "content" if name in AS_TALL_AS_NEEDED else "stretch"
    _mounts[name](key=place, data=data, height=height, **callbacks)
