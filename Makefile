# Shorter words for dev.py, which does the work; `make test ARGS=--fast` passes words on.
CHORES := demo test setup build bench pins

.PHONY: $(CHORES)
$(CHORES):
	@python3 dev.py $@ $(ARGS)
