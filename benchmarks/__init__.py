"""What the explorer costs. Each module has `figures()`, which gives its values by name.

A ratio compares two things that took turns in one run, so that a busy machine slows both. Nothing here is a test.
"""
