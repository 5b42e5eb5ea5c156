"""See where every head looks, what it reads there, and what changes without it.

The pictures themselves are drawn in the browser; they follow the run while it trains, and the timeline.
"""

from explorer.ui.attention_panel import draw_attention
from explorer.ui.guard import told

with told():
    draw_attention()
