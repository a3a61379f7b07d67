"""Faster arithmetic for one frame than eager torch's. What chooses among it is `engine.steps.use`."""
