"""Words of the project: pure values and rules. No I/O, no clock, no asyncio."""
