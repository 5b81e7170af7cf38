"""Ontario's application for a permit to construct or demolish, and its schedules."""
