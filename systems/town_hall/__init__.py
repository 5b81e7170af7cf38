"""The two desks of the demo town: accounts payable and permits."""
