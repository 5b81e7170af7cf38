"""The timetable of the bots, and its hand-over to Prefect."""
