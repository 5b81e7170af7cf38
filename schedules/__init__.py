"""When the bots run: the timetable, and handing it to Prefect."""
