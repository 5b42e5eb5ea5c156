"""Many runs at once on a page: begin several seeds or a sweep, watch them come, stop them, and open any of them."""

import streamlit as st

from explorer import gallery
from explorer.declarations import assign
from explorer.engine.studies import AMONG, Told
from explorer.experiment import Experiment
from explorer.ui import study_words
from explorer.ui.drafts import title
from explorer.ui.guard import noted, told
from explorer.ui.laboratories import Laboratory
from explorer.ui.service import engine
from explorer.ui.session import session
from explorer.ui.studies_form import grid_form, seeds_form
from explorer.ui.studies_result import OPENED, draw_result
from explorer.ui.visitor import visitor

EVERY = 1.0  # seconds between two looks at runs that train


def draw_studies(laboratory: Laboratory) -> None:
    """The form, the progress and the result; while runs train, this part alone is drawn again."""
    training = any(not each.is_over for each in _studies())
    with st.container(border=True, key="studies"):
        st.fragment(_draw, run_every=EVERY if training else None)(laboratory, training)


def _draw(laboratory: Laboratory, was_training: bool) -> None:
    if st.session_state.pop(OPENED, False):
        st.rerun()
    among = laboratory.sweep.among if laboratory.sweep else {}
    kinds = {kind: told for kind, told in study_words.KINDS.items() if kind != "among" or among}
    default = "among" if among else "sweep" if laboratory.sweep else "seeds"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{study_words.MANY}**", width="content")
        kind = st.segmented_control(study_words.MANY, list(kinds), default=default,
                                    key=f"study_kind_{laboratory.phenomena[0]}", format_func=kinds.__getitem__,
                                    required=True, label_visibility="collapsed") or "seeds"  # fmt: skip
    with told():
        studies = _studies()
        training = next((each for each in studies if not each.is_over), None)
        _draw_form(kind, laboratory, training is not None)
        if training is not None:
            _draw_progress(training)
        fitting = [each for each in studies if _fits(each, kind, laboratory)]
        if fitting:
            draw_result(fitting[-1], laboratory)
        if was_training and training is None:
            st.rerun()


def _studies() -> list[Told]:
    """This visitor's studies, the latest last."""
    desk = engine().studies
    return [desk.told(each) for each in desk.of(visitor())]


def _fits(study: Told, kind: str, laboratory: Laboratory) -> bool:
    own = "among" if AMONG in study.grid else "sweep" if study.grid else "seeds"
    return study.experiment.data.kind in laboratory.data and own == kind


def _draw_form(kind: str, laboratory: Laboratory, is_training: bool) -> None:
    """What is trained, and the button that begins."""
    st.caption(study_words.INTRO[kind])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        grid, count = ({}, seeds_form()) if kind == "seeds" else grid_form(laboratory)
        n_runs = count
        among = _among(laboratory) if kind == "among" else {}
        n_runs *= max(1, len(among))
        for values in (grid or {}).values():
            n_runs *= len(values)
        is_asked = st.button(study_words.train(n_runs), key="train_study", icon=":material/play_arrow:", type="primary",
                             disabled=is_training or grid is None)  # fmt: skip
    if is_asked:
        first = session().experiment.seed
        seeds = range(first, first + count)
        engine().studies.begin(session().experiment, grid, seeds, title(), visitor(), among=among)
        st.rerun()


def _among(laboratory: Laboratory) -> dict[str, Experiment]:
    """The networks that a laboratory compares, by name."""
    among = laboratory.sweep.among if laboratory.sweep else {}
    return {name: assign(gallery.preset(preset).experiment, *changes) for name, (preset, *changes) in among.items()}


def _draw_progress(study: Told) -> None:
    done = sum(run.is_over for run in study.runs)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(study.share, study_words.progress(done, len(study.runs)))
        st.button(study_words.STOP, key="stop_study", icon=":material/stop:", help=study_words.STOP_HELP,
                  on_click=_stop, args=(study.study_id,))  # fmt: skip


def _stop(study_id: str) -> None:
    with noted():
        engine().studies.stop(study_id, visitor())
