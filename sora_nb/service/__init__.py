"""Where the outside world's words end: the service's protocol and HTTP."""
