"""Cause something to emerge, watch it, measure it, and break it.

Every laboratory opens a phenomenon and the control that must fail; both are measured over the snapshots of their run.
"""

from explorer.ui.emergence_panel import draw_emergence
from explorer.ui.guard import told

with told():
    draw_emergence()
