"""See which parts of an example speak for an answer of the network in hand, and how far to trust it.

The pictures themselves are drawn in the browser; they follow the run while it trains, and the timeline.
"""

from explorer.ui.attribution_panel import draw_attribution
from explorer.ui.guard import told

with told():
    draw_attribution()
