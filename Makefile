# The one place to look for how to do things here. `make` alone prints this list.

SWIFT ?= swift
only ?=
# Symbols are half of the binary and no help without the build that made them.
release_flags := -c release --static-swift-stdlib -Xlinker -s

# A crash should say so at once, not open an interactive backtracer.
export SWIFT_BACKTRACE ?= enable=no
export SWIFT

.DEFAULT_GOAL := help
.PHONY: help run dev test check format reset routes conformance bench release

help:
	@echo 'Gatewright: a developer platform in one small server.'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build, then serve a demo with tenants, people and an app in it (Ctrl-C stops it)
	@Scripts/setup.sh run
	@echo 'Building. The first time takes some minutes; after that, seconds.'
	@$(SWIFT) build --product gatewright
	@GATEWRIGHT_MODE=demo exec .build/debug/gatewright serve

dev: ## like run, and rebuild and restart whenever a source file changes
	@Scripts/setup.sh run
	@exec Scripts/dev.sh

test: ## every test: Swift, checks, journeys in a browser (only='§4\.1' picks by name)
	@Scripts/setup.sh test
	@Scripts/test.sh '$(only)'

check: ## format, layering, docs in sync, no clock in the pure targets, sizes
	@Scripts/setup.sh run
	@$(SWIFT) build --product gatewright
	@Scripts/check.sh

format: ## format all Swift code in place
	@$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks

reset: ## delete the demo's data; the next `make run` begins anew
	@data="$${GATEWRIGHT_DATA:-var}"; \
	if [ ! -e "$$data/demo.json" ]; then \
		echo "There is no demo in $$data: nothing was touched." >&2; exit 0; \
	fi; \
	rm -f "$$data"/gatewright.sqlite* "$$data/demo.json" "$$data/keys/master.key"

routes: ## print every address, its method and who may come in
	@$(SWIFT) build --product gatewright >&2
	@.build/debug/gatewright routes

conformance: ## write docs/conformance.md anew from the names of the tests
	@Scripts/conformance.py > docs/conformance.md

bench: ## measure speed and size of the release build (table, var/bench.json)
	@Scripts/setup.sh bench
	@$(SWIFT) build $(release_flags)
	@python3 Benchmarks/bench.py

release: ## build the production binary, standing on Debian's own libraries only
	@Scripts/setup.sh run
	@$(SWIFT) build $(release_flags) --product gatewright
	@ls -lh .build/release/gatewright
