"""Where runs train and lenses look."""
