"""`calm bench`: every figure that is claimed of the engine's speed, measured on the computer that it runs on."""
