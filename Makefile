# Thin on purpose: what happens is in scripts/. Caches are in ~/.cache/wrencos (XDG_CACHE_HOME moves them).
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: run test contract dev build lint bench soak encoders networks fuzz trials setup help

run: ## Build if needed and start the shop on http://localhost:3000 with demo products
	@scripts/run.sh

test: ## All tests: Rust, then browsers
	@scripts/test.sh

contract: ## More than 10,000 generated calls against what /openapi.json says
	@scripts/contract.sh

dev: ## Rebuild and reload on every change
	@scripts/dev.sh

build: ## Release build: target/release/wrencos and target/site
	@scripts/setup.sh build
	@scripts/build.sh release

lint: ## Format, clippy for server and browser, licences, types
	@scripts/lint.sh

bench: ## Figures: sockets in one room, the media server, large files, join to first frame, what a viewer costs the host
	@scripts/bench.sh

soak: ## Half an hour of the media server: nothing lost, no memory that grows; SECONDS=7200 for longer
	@scripts/soak.sh $(SECONDS)

encoders: ## Encoders and players that are not ours: a show by WHIP, watched by WHEP
	@scripts/encoders.sh

networks: ## Firefox and Chromium in a network of their own: both as host and viewer, UDP blocked, packets lost
	@scripts/networks.sh

fuzz: ## A minute of hostile bytes for everything that reads what strangers send
	@scripts/fuzz.sh

trials: ## A hundred recordings, each with a fault at a random moment: COUNT=20 SEED=7 for others
	@scripts/trials.sh $(COUNT) $(if $(SEED),--seed $(SEED))

setup: ## Install every tool that is missing, and nothing else
	@scripts/setup.sh all

help: ## This list
	@echo "WrenCOS: live shopping that a shop hosts itself"
	@sed -n 's/^\([a-z]*\): ## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16
