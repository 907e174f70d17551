"""The engine socket: both engines plug in here. Standard library only."""
