"""See what layers and units hold, what drives them, and what can be read from them.

The pictures themselves are drawn in the browser; they follow the run while it trains, and the timeline.
"""

from explorer.ui.activations_panel import draw_activations
from explorer.ui.guard import told

with told():
    draw_activations()
