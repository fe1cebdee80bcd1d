"""Programs that build, check and start the project; none of them is imported by the application."""
