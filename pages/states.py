"""See what every unit of a recurrent network holds at every step, and where else it does.

The pictures themselves are drawn in the browser; they follow the run while it trains, and the timeline.
"""

from explorer.ui.guard import told
from explorer.ui.states_panel import draw_states

with told():
    draw_states()
