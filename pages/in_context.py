"""See a network learn from the examples of its prompt, and tell that from what its weights know.

Attention over the examples is drawn live; errors and accuracies are measured over the snapshots of a run.
"""

from explorer.ui.guard import told
from explorer.ui.in_context_panel import draw_in_context

with told():
    draw_in_context()
