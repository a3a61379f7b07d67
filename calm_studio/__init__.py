"""The CALM Studio window. Depends on `engine`; nothing in `engine` depends on it."""
