"""From a table, a grid or a list to checked requests, with every bad row named. Pure."""
