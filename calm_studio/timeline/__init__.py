"""The middle of the window: ruler, prompt, takes, automation."""
