"""The Studio: a form, and the tasks of its folder."""
