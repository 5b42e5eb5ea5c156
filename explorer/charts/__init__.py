"""Arrays to Plotly figures."""
