"""The library under the dashboard: every computation that a lesson shows, without any user interface."""
