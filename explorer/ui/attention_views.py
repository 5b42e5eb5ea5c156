"""The further parts of the attention page: a query's way, scores, logits, patching, the next token."""

from typing import Any

import streamlit as st

from explorer.lenses.picture import Picture
from explorer.ui import look_bar
from explorer.ui import look_words as words
from explorer.ui.attention_heads import choose, chosen, heads, parts_off, places
from explorer.ui.guard import plain
from explorer.ui.lens_view import draw_lens
from explorer.ui.session import session
from explorer.ui.states_match import told_around

ROW, FRAME = 16, 30  # pixels of one bar, and around the bars
MOST_HIGH = 1100
MAP_ROW, SCORED = 30, 375
MOST_TOKENS = 20
SCORES = ("previous_token", "prefix_matching", "copying", "entropy")
PLACE = "attention_place"


def choose_place(place: int) -> None:
    """The place that asks, and answers, from now on."""
    st.session_state[PLACE] = place


def draw_query() -> None:
    """q·k, scaled and masked, softmax, values: the stages of one place and one head."""
    path, head = chosen()
    asking, read = places()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _draw_head_choice()
        place = _draw_place(words.QUERY, asking)
    settings = {"layer": path, "head": head, "query": place}
    high = min(MOST_HIGH, max(240, ROW * read + FRAME))
    for column, (array, title) in zip(st.columns([1, 1, 1, 1.3], gap="small"), words.STAGES.items(), strict=True):
        with column:
            st.markdown(f"**{title}**", help=words.STAGE_HELP[array])
            view = "map" if array == "weighted_values" else "bars"
            options = {"array": array, "is_square": False, "cells": False}
            draw_lens(f"query_{array}", "attention_query", settings, view, options, high, has_caption=False)
    st.markdown(f"**{words.OUT}**")
    draw_lens("query_z", "attention_query", settings, "lines_over",
              {"arrays": ["query", "z"], "labels": words.VECTORS}, 220)  # fmt: skip


def draw_kinds() -> None:
    """The scores of every head, layers down and heads across."""
    found = look_bar.shapes("head_scores")
    shown = [score for score in SCORES if any(name.endswith(f".{score}") for name in found)]
    for column, score in zip(st.columns(max(2, len(shown))), shown, strict=False):
        with column:
            st.markdown(f"**{words.HEAD_SCORES[score]}**", help=words.SCORE_HELP[score])
            _draw_by_head(f"score_{score}", "head_scores", {}, f".{score}", has_caption=False)
    look_bar.draw_sentences("head_scores")
    path, index = chosen()
    st.markdown(f"**{words.head(path, index)}**", help=words.SCORED_HELP)
    options = {"array": f"{path}.pattern", "index": [index], "cells": False}
    for column, view in zip(st.columns(2, gap="medium"), words.HEAD_VIEWS, strict=True):
        with column:
            draw_lens(f"scored_{view}", "attention", {}, view, options, SCORED, has_caption=False)
    st.caption(words.HEAD_CAPTION)


def draw_rollout() -> None:
    """Attention multiplied through the layers."""
    names = [name for name in look_bar.shapes("rollout") if name.endswith(".rollout")]
    if not names:
        st.caption(words.NO_ROLLOUT)
        return
    left, right = st.columns([1, 3])
    with left:
        name = st.selectbox(words.UP_TO, names, index=len(names) - 1, key=f"rollout_{session().run_id}",
                            format_func=lambda name: name.removesuffix(".rollout"))  # fmt: skip
        residual = st.slider(words.RESIDUAL, 0.0, 1.0, 0.5, 0.05, key="rollout_residual", help=words.RESIDUAL_HELP)
    with right:
        draw_lens("rollout", "rollout", {"residual": residual}, "map", {"array": name, "cells": False}, 520)


def draw_direct() -> None:
    """What each head and layer adds to one entry of the answer."""
    path, _ = chosen()
    asking, _ = places()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = _draw_place(words.ANSWERS, asking)
        target = _draw_target()
    settings = {"position": place, "target": target}
    left, middle, right = st.columns([1, 1, 1], gap="medium")
    with left:
        st.markdown(f"**{words.BY_HEAD}**")
        _draw_by_head("direct_heads", "direct_logit", settings, ".heads", has_caption=False)
        draw_lens("direct_answer", "direct_logit", settings, "numbers",
                  {"arrays": ["answer", "constant"], "labels": words.ANSWER_PARTS}, 130, has_caption=False)  # fmt: skip
    with middle:
        st.markdown(f"**{words.BY_LAYER}**")
        groups = {"groups": [".share", ".bias"], "labels": words.SHARES}
        draw_lens("direct_layers", "direct_logit", settings, "bars", groups, 300, has_caption=False)
    with right:
        st.markdown(f"**{words.norms(path)}**")
        draw_lens("direct_norms", "direct_logit", settings, "lines_over", {"array": f"{path}.norms"}, 300,
                  has_caption=False)  # fmt: skip
    look_bar.draw_sentences("direct_logit")


def draw_logit_lens() -> None:
    """The likeliest answer at every place, if the network ended after each of its parts."""
    rows = sum(name.endswith(".top") for name in look_bar.shapes("logit_lens"))
    options = {"stack": ".probabilities", "texts": ".top", "peak": 1, "is_square": False}
    draw_lens("logit_lens", "logit_lens", {}, "map", options, 90 + 34 * rows)
    st.markdown(f"**{words.RIGHT}**")
    draw_lens("logit_lens_right", "logit_lens", {}, "map", {"stack": ".target_probability", "peak": 1,
              "is_square": False, "cells": False}, 80 + 22 * rows, has_caption=False)  # fmt: skip


def draw_patching() -> None:
    """Each head's output taken from another example."""
    asking, _ = places()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        other = st.number_input(words.OTHER, min_value=0, value=None, step=1, key=f"patch_other_{session().run_id}",
                                placeholder=words.ONE_LIKE_IT, width=260)  # fmt: skip
        is_last = st.toggle(words.LAST_PLACE, value=True, key="patch_last")
        place = None if is_last else _draw_place(words.ANSWERS, asking)
    settings = {"other": other, "position": place}
    names = look_bar.description()["diagram"]["token_names"]
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.markdown(f"**{words.RESTORED}**")
        _draw_by_head("patching", "patching", settings, ".restored")
    with right:
        arrays = ["other_example", "place", "difference", "difference_there", "all_restored"]
        options = {"arrays": arrays, "labels": words.PATCHED, "names": {"answers": names}}
        draw_lens("patching_numbers", "patching", settings, "numbers", options, 230, has_caption=False)
    if names:
        _draw_pair(look_bar.look("patching", **settings), names)


def _draw_pair(picture: Picture, names: list[str]) -> None:
    """What both examples read around the place that answers, and which answers are told apart."""
    diagram = look_bar.description()["diagram"]
    given, labels = diagram["inputs"][0]["name"], diagram["task"]["labels"] or names
    place, (there, here) = int(picture["place"].values), picture["answers"].values
    for title, array, answer in ((words.PAIR[0], given, here), (words.PAIR[1], f"other_{given}", there)):
        read = told_around(picture[array].values, names, place)
        st.markdown(f"**{title}** {plain(read)} → {plain(told_around(answer, labels, 0))}")
    st.caption(words.PAIR_CAPTION)


def draw_next_token() -> None:
    """The scores of every token, and what is left when the choice is narrowed."""
    asking, _ = places()
    settings, pictures = st.columns([1, 3], gap="medium")
    with settings:
        place = _draw_place(words.PLACE, asking)
        temperature = st.slider(words.TEMPERATURE, 0.0, 3.0, 1.0, 0.05, key="next_temperature")
        top_k = st.number_input(words.TOP_K, min_value=1, value=None, step=1, placeholder=words.ALL, key="next_top_k")
        top_p = st.slider(words.TOP_P, 0.01, 1.0, 1.0, 0.01, key="next_top_p")
    chosen_settings = {"position": place, "temperature": temperature, "top_k": top_k, "top_p": top_p}
    with pictures:
        for column, name in zip(st.columns(2), words.NEXT, strict=True):
            with column:
                st.markdown(f"**{words.NEXT[name]}**")
                options = {"array": name, "order": "order", "most": MOST_TOKENS, "marked": "target", "peak": 1}
                draw_lens(f"next_{name}", "next_token", chosen_settings, "bars", options, 440, has_caption=False)
        look_bar.draw_sentences("next_token")


def _draw_head_choice() -> None:
    """The head by its name, for those who do not click."""
    parts, (path, head) = parts_off(), chosen()
    key = f"head_{session().run_id}_{path}_{head}"

    def take() -> None:
        where, _, number = st.session_state[key].rpartition(":")
        choose(where, int(number))

    st.selectbox(words.HEAD, parts, index=parts.index(f"{path}:{head}"), key=key, format_func=words.part, width=220,
                 on_change=take)  # fmt: skip


def _draw_place(title: str, count: int) -> int:
    """A place among the tokens; the same on all parts of the page."""
    value = min(int(st.session_state.get(PLACE, count - 1)), count - 1)
    if count < 2:
        return 0
    key = f"place_{session().run_id}_{value}"
    return int(st.slider(title, 0, count - 1, value, key=key, width=320,
                         on_change=lambda: choose_place(st.session_state[key])))  # fmt: skip


def _draw_target() -> int | None:
    """The entry of the answer that is explained, by name where there is one."""
    diagram = look_bar.description()["diagram"]
    names = diagram["token_names"] or diagram["task"]["labels"] or []
    if not names:
        return None
    return st.selectbox(words.TARGET, range(len(names)), index=None, placeholder=words.LIKELIEST, width=220,
                        format_func=lambda index: repr(names[index]), key=f"target_{session().run_id}")  # fmt: skip


def _draw_by_head(key: str, lens: str, settings: dict[str, Any], ending: str, has_caption: bool = True) -> None:
    """One number for every head: layers down, heads across; a click chooses one."""
    draw_lens(key, lens, settings, "map", {"stack": ending, "is_square": False}, 60 + MAP_ROW * max(2, len(heads())),
              has_caption=has_caption, cell=_choose_head)  # fmt: skip


def _choose_head(sent: dict[str, Any]) -> None:
    """A click on the number of a head."""
    choose(sent["array"].rpartition(".")[0], int(sent["column"]))
