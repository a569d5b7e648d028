"""The parts of one client, put together and ended, and what is done with them."""
